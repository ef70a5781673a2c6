"""How the queue of finance's lines is looked at, and what is typed to match one of them to money here."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from initiatives.core.fields import CodeField, DayField, LineField, ProseField
from initiatives.core.forms import offer
from initiatives.core.money import AmountField
from initiatives.funding.models import CostObject, Delivery, LineState, Why
from initiatives.funding.models.references import cost_object_named
from initiatives.organization.models import User


class QueueForm(forms.Form):
    """?state=waiting &q=words &amount=120.50 &why=money &delivery=7. What cannot be read is said at its field."""

    state = forms.ChoiceField(choices=LineState, required=False, widget=forms.HiddenInput)
    q = LineField(label=_("Reference, supplier or document"), required=False, widget=forms.SearchInput)
    amount = AmountField(label=_("Amount"), required=False, negative=True)
    why = forms.ChoiceField(label=_("Why it waits"), choices=[("", _("All")), *Why.choices], required=False)
    delivery = forms.ModelChoiceField(Delivery.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, query: QueryDict) -> None:
        super().__init__(query, auto_id="filter-%s")
        offer(self, "delivery", Delivery.objects.visible_to(user))
        if query.get("state", LineState.WAITING) != LineState.WAITING:
            del self.fields["why"]  # a reason is that of lines that wait

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or LineState.WAITING

    @property
    def facts(self) -> dict[str, Any]:
        """What is filtered by, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def kept(self) -> str:
        """What another state is looked at with too, to follow `?state=…`: the words, the amount and the file."""
        asked = {name: self.data[name] for name in ("q", "amount", "delivery") if self.data.get(name)}
        return f"&{urlencode(asked)}" if asked else ""

    @property
    def asks(self) -> bool:
        """Whether anything but a state and a file is asked for."""
        return bool(self.facts.keys() - {"state", "delivery"})


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
