"""How a pool is kept, and between which shares a year's money shall lie."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from initiatives.core.fields import LineField, ProseField
from initiatives.core.forms import ReasonForm, offer
from initiatives.core.money import AmountField
from initiatives.funding import above
from initiatives.funding.models import Control, Nature, PostingControl, Share
from initiatives.funding.models.keeping import MOST_LEVELS
from initiatives.journey.models import Stage
from initiatives.organization.models import Department, User


class PercentsField(LineField):
    """Some different percents, typed as "50, 80, 95" in any order."""

    def to_python(self, value: Any) -> Any:
        words = re.split(r"[\s,;%]+", (super().to_python(value) or "").strip(" ,;%"))
        if words == [""]:
            return []
        if not all(word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= 100 for word in words):
            raise ValidationError("Type percents from 1 to 100, such as 50, 80, 95.", code="percents")
        if len(set(map(int, words))) < len(words) or len(words) > MOST_LEVELS:
            raise ValidationError(f"Type at most {MOST_LEVELS} percents, none of them twice.", code="percents")
        return sorted(map(int, words))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


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
    alert_levels = PercentsField(
        label="Alert levels, percent",
        help_text=f"At most {MOST_LEVELS}, such as 50, 80, 95: its head and finance are told when so much is given away.",
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
