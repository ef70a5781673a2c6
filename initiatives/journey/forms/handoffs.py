"""What people type about handoffs."""

from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.core.forms import offer
from initiatives.journey.models import Touchpoint
from initiatives.journey.models.handoffs import MOST_HOURS
from initiatives.organization.models import User


class TermsForm(forms.Form):
    """What is passed on, within how long, with which data."""

    passes = ProseField(label="What is passed on", max_length=2_000, help_text="What the next one must receive to go on.")
    hours = forms.IntegerField(
        label="Within how many hours", min_value=0, max_value=MOST_HOURS, help_text="0 means at once, while the customer waits."
    )
    customer_data = ProseField(label="Which data goes along", max_length=2_000, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("passes", "customer_data"):
            self.fields[name].widget.attrs["rows"] = 3


class HandoffForm(TermsForm):
    """The same between two touchpoints."""

    field_order = ("giver", "taker")
    giver = forms.ModelChoiceField(label="From", queryset=Touchpoint.objects.none(), to_field_name="reference")
    taker = forms.ModelChoiceField(label="To", queryset=Touchpoint.objects.none(), to_field_name="reference")

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["version"]
        offered = Touchpoint.objects.visible_to(by).in_use().select_related("owned").order_by("stage__position", "title")
        for name in ("giver", "taker"):
            offer(self, name, offered)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("giver") and typed.get("giver") == typed.get("taker"):
            self.add_error("taker", "A touchpoint hands nothing to itself.")
        return typed


class DeclineHandoffForm(forms.Form):
    reason = ProseField(max_length=2_000)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AcceptHandoffForm(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
