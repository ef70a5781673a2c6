"""What is typed to match a line of finance's files to money here."""

from typing import Any

from django import forms

from initiatives.core.fields import CodeField, DayField, ProseField
from initiatives.funding.models import CostObject
from initiatives.funding.models.references import cost_object_named


class MatchForm(forms.Form):
    """Which initiative or order a line belongs to. The reason is needed only where too little is committed, or work is over."""

    reference = CodeField(label="Initiative or order", max_length=120, help_text="Such as CX-042, or the memo of a commitment.")
    on = DayField(label="Posting day", required=False, help_text="Empty is the line’s own day; another one where that is closed.")
    reason = ProseField(
        label="Why it is spent all the same",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For what nobody committed, which then is, as unplanned; what is over; what a pool’s limit stops.",
    )

    def clean_reference(self) -> CostObject:
        found = cost_object_named(str(self.cleaned_data["reference"]))
        if found is None:
            raise forms.ValidationError("No initiative and no single order has this reference.", code="reference")
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the act takes it."""
        return {"on": self.cleaned_data["on"], "reason": self.cleaned_data["reason"] or ""}
