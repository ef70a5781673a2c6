"""A post room that only notes what it was given."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from initiatives.organization import letters


@dataclass
class Post:
    letters: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, template: str, *, to: Any, email: str, key: str, context: dict[str, Any]) -> None:
        self.letters.append({"template": template, "to": to, "email": email, "key": key, "context": context})


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    carrier = Post()
    monkeypatch.setattr(letters, "_carriers", [carrier])
    return carrier
