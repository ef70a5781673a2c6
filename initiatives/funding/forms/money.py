"""What money forms read. Each carries a key, so that sending it twice acts once."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.formats import get_format

from initiatives.core.fields import CodeField, DayField, LineField, ProseField
from initiatives.core.forms import go_on_from, offer
from initiatives.core.money import AmountField, is_a_currency
from initiatives.core.rules import BadInput
from initiatives.funding.models import Months, Pool
from initiatives.funding.models.natures import nature_name


def key_of(request: HttpRequest) -> UUID:
    """The key that every form that acts on money carries; without it the form is not one of ours: 400."""
    text = request.POST.get("key", "")
    try:
        key = UUID(text)
    except ValueError:
        key = None
    if key is None or str(key) != text:
        raise BadInput("The form has no key. Open the page again and send it from there.")
    return key


class Keyed(forms.Form):
    """A form with a hidden key, made when it is shown and kept when it is shown again with an error."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class YearForm(forms.Form):
    name = LineField(label="Name", max_length=20, help_text="As finance calls it: 2026 or FY26.")
    starts = DayField(label="First day")
    ends = DayField(label="Last day")
    months = forms.TypedChoiceField(label="Books are closed by", choices=Months, coerce=int, initial=Months.MONTH, required=False)

    def clean_months(self) -> int:
        return int(self.cleaned_data["months"] or Months.MONTH)


class CurrencyField(CodeField):
    """The three letters of a currency."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": 3, "label": "Currency", "help_text": "Its three letters, such as USD.", **more})

    def clean(self, value: Any) -> str:
        code = (super().clean(value) or settings.CURRENCY).upper()
        if not is_a_currency(code):
            raise ValidationError("A currency is written with its three letters, such as USD.", code="currency")
        return code


class RateForm(forms.Form):
    """From a day on one unit of a currency is worth so much."""

    currency = CurrencyField()
    day = DayField(label="From", help_text="The first day on which it holds.")
    rate = LineField(label="Worth of one unit", max_length=18, help_text=f"In {settings.CURRENCY}, such as 0.9215.")

    def clean_rate(self) -> Decimal:
        typed = str(self.cleaned_data["rate"]).replace(get_format("DECIMAL_SEPARATOR"), ".")
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,8})?", typed) or not Decimal(typed):
            raise ValidationError("Write a rate above zero in digits, with at most eight decimals, such as 0.9215.", code="rate")
        return Decimal(typed)


class MoveForm(Keyed):
    """Commit, spend or release money that one pool gave."""

    pool = forms.ModelChoiceField(Pool.objects.none(), label="From")
    amount = AmountField(label="Amount")
    memo = LineField(label="What for", max_length=300, required=False)
    on = DayField(label="Posting day", required=False, help_text="The day to which it belongs; empty is today.")
    nature = forms.ChoiceField(label="Kind of expenditure", required=False, help_text="Needed where a pool gave several kinds.")
    because = LineField(
        label="Why it passes the pool’s limit", max_length=300, required=False, help_text="Only if it is refused."
    )

    def __init__(
        self, pools: Iterable[Pool], *args: Any, natures: Iterable[str] = (), may_pass: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        offer(self, "pool", Pool.objects.filter(pk__in=[pool.pk for pool in pools]).in_order())
        field, kinds = self.fields["nature"], sorted(set(natures))
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "The only one there is"), *((kind or "none", nature_name(kind)) for kind in kinds)]
        if len(kinds) < 2:
            del self.fields["nature"]
        if not may_pass:
            del self.fields["because"]

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, without the form's key."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        if nature := typed.pop("nature", ""):
            typed["nature"] = "" if nature == "none" else nature
        return typed

    def keep_shown(self, signature: str) -> None:
        """Show the form again with what its reader sees below it, so that the next sending says so."""
        go_on_from(self, "shown", signature)


class DecommitForm(MoveForm):
    """Lower or give up what is committed, and say why."""

    memo = LineField(label="Why", max_length=300, help_text="The order and what became of it: invoiced for less, or given up.")


class SpendForm(MoveForm):
    """Post an actual: of one pool, or of all that gave, each its share."""

    currency = forms.ChoiceField(label="Currency", required=False, help_text="Of what all pools pay together.")
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    field_order = ("pool", "currency")

    def __init__(self, pools: Iterable[Pool], *args: Any, **more: Any) -> None:
        pools = list(pools)
        several = len(pools) > 1
        super().__init__(pools, *args, **more)
        field = self.fields["pool"]
        assert isinstance(field, forms.ModelChoiceField)
        if several:
            field.required, field.empty_label = False, "All pools, by what each has committed"
            field.help_text = "You see each pool’s share before it is posted."
        codes, choice = sorted({pool.currency for pool in pools}), self.fields["currency"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(code, code) for code in codes]
        if len(codes) < 2:
            del self.fields["currency"]


class VirementForm(Keyed):
    """Which amount is to leave which pool for which other one."""

    giver = forms.ModelChoiceField(Pool.objects.none(), label="From")
    taker = forms.ModelChoiceField(Pool.objects.none(), label="To")
    amount = AmountField(label="Amount")
    reason = ProseField(label="Why", max_length=2_000, help_text="Both sides read it before they agree.")

    def __init__(self, pools: models.QuerySet[Pool], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("giver", "taker"):
            offer(self, name, pools)

    @property
    def asked(self) -> dict[str, Any]:
        """What is proposed, without the form's key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}
