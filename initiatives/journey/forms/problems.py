"""What people type about problems and their evidence."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from initiatives.core import clock
from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.journey.forms.choices import TouchpointField, TouchpointsField, touchpoints_by_stage
from initiatives.journey.models import Problem, Signal, Source
from initiatives.journey.models.failing_words import MOST_CUSTOMERS
from initiatives.organization.models import User

SEVERITIES = [
    (5, "5 – the customer leaves"),
    (4, "4 – the customer complains"),
    (3, "3 – it costs time or money"),
    (2, "2 – it annoys"),
    (1, "1 – a nuisance"),
]


class DescriptionForm(forms.Form):
    """What fails, how badly, how often. `version` travels with an edit."""

    title = LineField(max_length=200, help_text="What fails, in one line; not what to do about it.")
    statement = ProseField(max_length=5_000, help_text="Who meets it, where, and what it costs them.")
    severity = forms.TypedChoiceField(choices=SEVERITIES, coerce=int, initial=3)
    percent = forms.DecimalField(
        label="Of 100 contacts", min_value=0, max_value=100, decimal_places=2, max_digits=5, initial=10,
        help_text="In how many it happens.",
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["statement"].widget.attrs["rows"] = 4

    def description(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("title", "statement", "severity")}
        return {**given, "frequency": self.cleaned_data["percent"] / Decimal(100)}


class EvidenceForm(forms.Form):
    """One piece of evidence: where from, when, how many, what it says."""

    source = forms.ChoiceField(label="How you know", choices=Source.choices, initial=Source.COMMENT)
    observed_on = DayField(label="Day observed")
    customers = forms.IntegerField(label="Customers", min_value=1, max_value=MOST_CUSTOMERS, initial=1)
    words = LineField(label="What it says", max_length=500, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["observed_on"].initial = clock.today


class ProblemForm(DescriptionForm):
    """A new problem at a touchpoint; `signals` are the evidence, else the form asks for another piece."""

    EVIDENCE = ("source", "observed_on", "customers", "words")

    touchpoint = TouchpointField(label="Where")
    others = TouchpointsField(label="Where else", required=False)

    field_order = ("touchpoint", "title", "statement", "severity", "percent", "others", *EVIDENCE)

    def __init__(self, *args: Any, by: User, signals: Sequence[Signal] = (), **more: Any) -> None:
        if signals:
            first = signals[0]
            initial = {"touchpoint": first.touchpoint.reference, "title": first.title, "statement": first.text}
            more["initial"] = {**initial, **more.get("initial", {})}
        super().__init__(*args, **more)
        self.signals = signals
        if not signals:
            self.fields |= EvidenceForm(*args).fields
        self.order_fields(self.field_order)
        self.fields["touchpoint"].for_reader(by, touchpoints_by_stage(by, own=True))  # type: ignore[attr-defined]  # ours
        self.fields["others"].for_reader(by, touchpoints_by_stage(by))  # type: ignore[attr-defined]  # ours
        self.fields["others"].widget.attrs["size"] = 5

    def facts(self) -> dict[str, Any]:
        """What was typed, as `pose` takes it."""
        given = self.cleaned_data
        evidence = None if self.signals else {name: given[name] for name in self.EVIDENCE}
        touchpoints = [given["touchpoint"], *given["others"]]
        return {**self.description(), "touchpoints": touchpoints, "signals": self.signals, "evidence": evidence}


class EditForm(DescriptionForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, problem: Problem, **more: Any) -> None:
        kept = {name: getattr(problem, name) for name in ("title", "statement", "severity", "percent", "version")}
        super().__init__(*args, initial=kept, **more)
