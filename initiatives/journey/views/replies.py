"""What the views of this room share: reading the reason of an act."""

from django import forms

from initiatives.core.fields import ProseField
from initiatives.core.pages import Request
from initiatives.core.rules import BadInput


class ReasonForm(forms.Form):
    reason = ProseField(max_length=2_000)


def reason_of(request: Request) -> str:
    """The reason that was typed; BadInput when it is missing or cannot be kept."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise BadInput(f"Reason: {form.errors['reason'][0]}")
    return str(form.cleaned_data["reason"])
