"""How a pool is kept, and between which shares a year's money shall lie."""

from decimal import Decimal
from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.core.forms import ReasonForm, offer
from initiatives.core.money import AmountField
from initiatives.funding import above
from initiatives.funding.models import Control, Nature, PostingControl, Share
from initiatives.journey.models import Stage
from initiatives.organization.models import Department, User


class ControlForm(ReasonForm):
    """How strictly a pool is kept, and why otherwise than now. `version` is that of the control which it began with."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    control = forms.ChoiceField(label="When more is asked than it has to give", choices=Control)
    tolerance = forms.IntegerField(
        label="Tolerance, percent",
        min_value=0,
        max_value=100,
        help_text="So much more than is free may be asked.",
    )
    alert_at = forms.IntegerField(
        label="Alert level, percent", min_value=1, max_value=100, help_text="Pages warn when so much of it is given away."
    )
    post_control = forms.ChoiceField(label="When more of it is committed or spent than its limit", choices=PostingControl)
    post_limit = forms.IntegerField(label="Limit, percent", min_value=1, max_value=100, help_text="Of the pool’s budget.")
    post_tolerance = forms.IntegerField(
        label="Tolerance of the limit, percent", min_value=0, max_value=100, help_text="So much more passes, and is marked."
    )
    seed_limit = AmountField(
        label="Seed for an initiative, at most",
        zero=True,
        required=False,
        help_text="All its seeds for experiments added up; so much the pool gives without asking finance. Zero: it gives none.",
    )
    for_departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label="Gives money for departments",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: for every department.",
    )

    for_stages = forms.ModelMultipleChoiceField(
        Stage.objects.none(),
        label="Gives money for stages",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: for what improves any stage, or none. Else for what improves one of these at least.",
    )
    for_types = forms.MultipleChoiceField(
        label="Gives money for types of initiative",
        required=False,
        choices=lambda: list(above.types().items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: for every type, and for what has none.",
    )
    nature = forms.ChoiceField(label="Pays", choices=[("", "Both kinds of expenditure"), *Nature.choices], required=False)

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "for_departments", Department.objects.visible_to(user).active().in_order())
        offer(self, "for_stages", Stage.objects.in_use())
        self.fields["reason"] = self.fields.pop("reason")  # below what it is the reason of

    def clean_seed_limit(self) -> Decimal:
        return self.cleaned_data["seed_limit"] or Decimal(0)


class GuardrailForm(forms.Form):
    share = forms.ChoiceField(label="Money for", choices=Share)
    low = forms.IntegerField(label="At least, percent", min_value=0, max_value=100, initial=0)
    high = forms.IntegerField(label="At most, percent", min_value=0, max_value=100, initial=100)
    reason = ProseField(label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), help_text="The CXO reads it.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", "The most is not below the least.")
        return data
