"""The seam to the post room. This room stands below it, so it hands its letters to whoever has offered to carry them.

A letter is handed over with ids only. What it says, and whether it may still leave, is asked again when it is sent:
so no token lies in a table, and a withdrawn invitation is not mailed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from initiatives.organization.models import User


class Carrier(Protocol):
    def __call__(self, template: str, *, to: "User | None", email: str, key: str, context: dict[str, Any]) -> None:
        """Keep a letter in the current transaction and send it after commit; the same `key` is sent once."""


Content = Callable[["User | None", dict[str, Any]], "dict[str, Any] | None"]

_carriers: list[Carrier] = []
_contents: dict[str, Content] = {}


def send_with(carrier: Carrier) -> None:
    """Offer to carry letters; called once, by the post room, when the product starts."""
    _carriers[:] = [carrier]


def send(template: str, *, to: "User | None", email: str, key: str, **context: Any) -> None:
    """Send the letter templates/letters/<template>.txt to one address; `context` holds ids and plain values."""
    if not _carriers:
        raise RuntimeError("Nobody carries letters: organization.letters.send_with was not called.")
    _carriers[0](template, to=to, email=email, key=key, context=context)


def content(template: str) -> Callable[[Content], Content]:
    """Register what is put into a letter of this template: a function of reader and context; None keeps the letter back."""

    def register(write: Content) -> Content:
        _contents[template] = write
        return write

    return register


def contents(template: str, to: "User | None", context: dict[str, Any]) -> dict[str, Any] | None:
    """What the template is rendered with, asked at the moment of sending; None: this letter may not leave any more."""
    write = _contents.get(template)
    return context if write is None else write(to, context)
