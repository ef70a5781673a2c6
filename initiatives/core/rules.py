"""Refusals. A rule that is broken says so in one sentence, and the page, the API and the command line repeat it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest


class RuleBroken(Exception):
    """An act was refused. `str(error)` is the sentence for people; `status` the HTTP status that tells machines."""

    status = 409


class Stale(RuleBroken):
    """Somebody else changed the object since the form was opened."""


class BadInput(RuleBroken):
    """What was typed cannot be understood or stored; `field` is where it was typed, if it stands in one field."""

    status = 422

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def reason_given(reason: str) -> str:
    """The reason of an act, which must be there."""
    if not reason.strip():
        raise BadInput("Give the reason.")
    return reason.strip()


# Database constraints speak too: RuleBroken messages for constraint names, filled by `says`.
_SENTENCES: dict[str, str] = {}


def says(constraint: str, sentence: str) -> str:
    """Register what a named database constraint means to people; returns the name, for use in `Meta.constraints`."""
    _SENTENCES[constraint] = sentence
    return constraint


def broken_by(error: IntegrityError) -> RuleBroken | None:
    """The refusal that a database constraint or trigger stands for, or None when it is not one of ours."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if name in _SENTENCES:
        return RuleBroken(_SENTENCES[name])
    return None


@contextmanager
def explained(request: "HttpRequest", form: "forms.BaseForm | None" = None) -> Iterator[None]:
    """Run an act; a refusal becomes `request.refused` (read by `reply`) and, with a form, an error at its field or on its top."""
    request.refused = None  # type: ignore[attr-defined]  # ours, read by `reply`
    try:
        try:
            yield
        except IntegrityError as error:
            if (broken := broken_by(error)) is None:
                raise
            raise broken from error
    except RuleBroken as refused:
        request.refused = refused  # type: ignore[attr-defined]  # ours, read by `reply`
        if form is not None:
            field = getattr(refused, "field", "")
            form.add_error(field if field in form.fields else None, str(refused))
