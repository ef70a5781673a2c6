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


class ReasonForm(forms.Form):
    """Why an act is taken."""

    reason = ProseField(max_length=2_000)
