"""The touchpoint and the sweep to which a list is narrowed by a link; no filter of its page names them."""

from typing import Protocol

from initiatives.core.looks import Look


class Narrowed(Look, Protocol):
    @property
    def touchpoint(self) -> str: ...

    @property
    def sweep(self) -> str: ...


def narrowed_to(look: Narrowed) -> list[tuple[str, str, str]]:
    """(what, of which kind, query without it) of each."""
    kinds = {"touchpoint": look.touchpoint, "sweep": look.sweep}
    return [(value, kind, look.query(**{kind: ""})) for kind, value in kinds.items() if value]
