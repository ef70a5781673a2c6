"""What people type about what was measured at a touchpoint."""

from decimal import Decimal
from typing import Any

from django import forms

from initiatives.core.fields import DayField, LineField
from initiatives.core.forms import offer
from initiatives.journey.models import ReadingKind, Touchpoint
from initiatives.journey.models.reading_words import LEAST_DAYS, MOST_N, MOST_ON_SCALE
from initiatives.organization.models import Department, User

MOST_CONTACTS = 99_999_999_999


class ReadingForm(forms.Form):
    """A period and its source; what was read stands in the form of each kind."""

    kind: str
    MEASURED: tuple[str, ...]

    first_day = DayField(label="From")
    last_day = DayField(label="To")
    source = LineField(
        max_length=120,
        help_text="A survey and its question, a mailing system. What you enter takes the place of an earlier value "
        "of the same period and source, which stays readable.",
    )

    def __init__(self, *args: Any, touchpoint: Touchpoint, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.touchpoint = touchpoint
        self.order_fields((*self.MEASURED, "first_day", "last_day", "source"))

    def measured(self) -> dict[str, Any]:
        raise TypeError(f"{type(self).__name__} does not say what it measures")

    def facts(self) -> dict[str, Any]:
        """What was typed, as `enter` takes it."""
        period = {name: self.cleaned_data[name] for name in ("first_day", "last_day", "source")}
        return {"kind": self.kind, "touchpoint": self.touchpoint, **period, **self.measured()}


class RatingForm(ReadingForm):
    kind, MEASURED = ReadingKind.RATING, ("mean", "n", "low", "high")

    mean = forms.DecimalField(label="Mean rating", max_digits=9, decimal_places=4, min_value=0)
    n = forms.IntegerField(label="Customers who rated", min_value=1, max_value=MOST_N)
    low = forms.IntegerField(label="Lowest of the scale", min_value=0, max_value=MOST_ON_SCALE, initial=1)
    high = forms.IntegerField(label="Highest of the scale", min_value=1, max_value=MOST_ON_SCALE, initial=5)

    def measured(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"total": given["mean"] * given["n"], "n": given["n"], "low": given["low"], "high": given["high"]}


class ContactsForm(ReadingForm):
    kind, MEASURED = ReadingKind.CONTACTS, ("contacts", "n", "department")

    contacts = forms.IntegerField(
        label="Outbound contacts",
        min_value=1,
        max_value=MOST_CONTACTS,
        help_text=f"Mailings, calls, pushes that the company began. Counted over {LEAST_DAYS} days at least.",
    )
    n = forms.IntegerField(label="Customers reached", min_value=1, max_value=MOST_N)
    department = forms.ModelChoiceField(label="Sent by", queryset=Department.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, touchpoint: Touchpoint, by: User, **more: Any) -> None:
        super().__init__(*args, touchpoint=touchpoint, by=by, **more)
        offer(self, "department", Department.objects.visible_to(by).active().in_order())

    def measured(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"total": Decimal(given["contacts"]), "n": given["n"], "department": given["department"]}


FORMS: dict[str, type[ReadingForm]] = {ReadingKind.RATING: RatingForm, ReadingKind.CONTACTS: ContactsForm}
