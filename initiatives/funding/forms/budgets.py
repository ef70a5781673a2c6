"""What is asked of who proposes a budget."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from initiatives.core.fields import DayField, LineField
from initiatives.core.forms import go_on_from, offer
from initiatives.core.money import AmountField
from initiatives.funding.forms.money import CurrencyField
from initiatives.funding.models import FiscalYear, Pool
from initiatives.funding.models.budget_changes import ways_open_to
from initiatives.organization.models import Department, User

REASON = "For the journal: the decision or document behind it. Who confirms reads it."

NAME = "Empty for the department’s plain pool; a further one says what it is for, such as “Retention fund”."


class OpenPoolForm(forms.Form):
    year = forms.ModelChoiceField(FiscalYear.objects.none(), label="Fiscal year")
    department = forms.ModelChoiceField(Department.objects.none(), required=False, empty_label="Central pool")
    name = LineField(label="Name", max_length=60, required=False, help_text=NAME)
    amount = AmountField(label="Budget")
    currency = CurrencyField(required=False, initial=settings.CURRENCY)
    reason = LineField(label="What for", max_length=300, help_text=REASON)

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "year", FiscalYear.objects.newest_first())
        offer(self, "department", Department.objects.visible_to(user).active().in_order())


class BudgetForm(forms.Form):
    """By how much the budget of a pool shall change. `shown` is the budget that the form began with."""

    shown = forms.DecimalField(widget=forms.HiddenInput)
    way = forms.ChoiceField(label="Change", widget=forms.RadioSelect)
    amount = AmountField(label="Amount", help_text="Free money only is cut.")
    on = DayField(label="Posting day", required=False, help_text="To which it belongs; empty is the day of the confirmation.")
    reason = LineField(label="Why", max_length=300, help_text=REASON)

    def __init__(self, user: User, pool: Pool, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["shown"].initial = pool.appropriated
        ways = ways_open_to(user)
        self.fields["way"].choices = [(way.value, CHANGES[way.value]) for way in ways]  # type: ignore[attr-defined]  # a ChoiceField
        if len(ways) == 1:
            self.fields["way"].initial = ways[0].value

    def show(self, pool: Pool) -> None:
        """Sent once more, the form is about the budget of now."""
        go_on_from(self, "shown", pool.appropriated)


class CarryForm(forms.Form):
    """How much of what is free is carried forward. `shown` is what was free when the form was opened."""

    shown = forms.DecimalField(widget=forms.HiddenInput)
    amount = AmountField(label="Amount", help_text="At most what is free.")
    reason = LineField(label="Why", max_length=300, help_text=REASON)

    def __init__(self, pool: Pool, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.pool = pool
        self.fields["shown"].initial = self.fields["amount"].initial = pool.free

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.pool.free:
            raise ValidationError(f"At most {self.pool.free:,.2f} {self.pool.currency} is free.", code="too_much")
        return amount

    def show(self, pool: Pool) -> None:
        """Sent once more, the form is about what is free now."""
        go_on_from(self, "shown", pool.free)


CHANGES = {"raise": "Raise it", "cut": "Cut it"}
