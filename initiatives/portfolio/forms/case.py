"""What people type about a business case, and about who owns its benefit."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import get_format

from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.core.forms import offer
from initiatives.core.money import AmountField
from initiatives.organization.models import Role, User
from initiatives.portfolio.models import Better
from initiatives.portfolio.models.case_words import LARGEST_VALUE
from initiatives.portfolio.models.words import LONG_AGO


class ValueField(forms.DecimalField):
    """A value of a metric: at most four decimals, in the separators of the reader's language."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        limits = {"max_digits": 13, "decimal_places": 4, "min_value": -LARGEST_VALUE, "max_value": LARGEST_VALUE}
        super().__init__(**{"widget": widget, "localize": True, **limits, **more})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}".replace(".", str(get_format("DECIMAL_SEPARATOR")))
        return value


class CaseForm(forms.Form):
    """Cost and benefit as low, base and high, and the metric. `seen` is the version that the form began with."""

    cost_low = AmountField(label="Cost, low", zero=True)
    cost_base = AmountField(label="Cost, base", zero=True)
    cost_high = AmountField(label="Cost, high", zero=True)
    benefit_low = AmountField(label="Benefit, low", zero=True, help_text="In money, over the same time as the cost.")
    benefit_base = AmountField(label="Benefit, base", zero=True)
    benefit_high = AmountField(label="Benefit, high", zero=True)
    metric = LineField(max_length=120, help_text="The number that shows the benefit, such as “Cleanliness score”.")
    unit = LineField(max_length=40, help_text="What it is counted in: “of 5”, “minutes”, “%”.")
    better = forms.ChoiceField(label="Direction", choices=Better.choices)
    target = ValueField(help_text="Where the metric should be when the work is done.")
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for what in ("cost", "benefit"):
            for less, more in (("low", "base"), ("base", "high")):
                lower, upper = given.get(f"{what}_{less}"), given.get(f"{what}_{more}")
                if lower is not None and upper is not None and upper < lower:
                    self.add_error(f"{what}_{more}", f"The {more} {what} is not below the {less} one.")
        return given

    def figures(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class ReadingForm(forms.Form):
    """What the metric is before the work."""

    value = ValueField()
    n = forms.IntegerField(label="n", min_value=1, max_value=2_000_000_000, help_text="How many were asked, counted or measured.")
    on = DayField(label="Read on", earliest=LONG_AGO)
    source = LineField(max_length=300, help_text="Where it can be looked up: a survey, a report, a system.")


class BenefitOwnerForm(forms.Form):
    """Who is asked to own the benefit, in which department."""

    role = forms.ModelChoiceField(label="Person", queryset=Role.objects.none())

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        held = Role.objects.visible_to(by).current().held_by_the_active().exclude(department=None)
        each = held.order_by("person", "department", "id").distinct("person", "department").values("pk")
        rows = Role.objects.filter(pk__in=each).select_related("person", "department").order_by("person__name", "pk")
        offer(self, "role", rows, words=lambda role: f"{role.person}, {role.department}")


class BaselineForm(forms.Form):
    """Why the plan as it is should be the baseline."""

    reason = ProseField(
        max_length=2_000, help_text="What changed since the baseline, and why. The CXO reads it, and everybody after."
    )
