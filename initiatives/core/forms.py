"""What forms of every room share: rows on offer in a choice, and the reason of an act."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models

from initiatives.core.fields import ProseField


def offer(form: forms.BaseForm, name: str, rows: models.QuerySet[Any], *, words: Callable[[Any], str] | None = None) -> None:
    """Let these rows be chosen in the field `name`, each under what `words` says of it."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    if words is not None:
        field.label_from_instance = words  # type: ignore[assignment,method-assign]  # else it takes a class for each


def go_on_from(form: forms.BaseForm, name: str, value: Any) -> None:
    """Let a form that was sent, and shows again, stand on this value of a hidden field: what it was opened with is past."""
    form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: a name may have several values
    form.data[name] = str(value)  # type: ignore[index]  # the copy of one


class ReasonForm(forms.Form):
    """Why an act is taken."""

    reason = ProseField(max_length=2_000)
