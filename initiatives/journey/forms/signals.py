"""What people type about signals."""

from typing import Any

from django import forms

from initiatives.core import clock
from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.journey.forms.choices import TouchpointField, TouchpointsField, touchpoints_by_stage
from initiatives.journey.models import Problem, Signal, Source
from initiatives.journey.models.failing_words import MOST_CUSTOMERS
from initiatives.organization.models import User


class SignalForm(forms.Form):
    """Three fields to fill; the others have an answer already."""

    FIRST = ("touchpoint", "title", "text")

    touchpoint = TouchpointField(label="Where")
    title = LineField(label="What fails", max_length=200, help_text="One line, as a customer would say it.")
    text = ProseField(label="What you saw or heard", max_length=5_000, required=False)
    source = forms.ChoiceField(label="How you know", choices=Source.choices, initial=Source.STAFF)
    observed_on = DayField(label="Day observed")
    customers = forms.IntegerField(
        label="Customers",
        min_value=1,
        max_value=MOST_CUSTOMERS,
        initial=1,
        help_text="How many met it, as far as you know.",
    )
    others = TouchpointsField(label="Where else", required=False)
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        groups = touchpoints_by_stage(by)
        for name in ("touchpoint", "others"):
            self.fields[name].for_reader(by, groups)  # type: ignore[attr-defined]  # a field of touchpoints
        self.fields["observed_on"].initial = clock.today
        self.fields["text"].widget.attrs["rows"] = 3
        self.fields["others"].widget.attrs["size"] = 5

    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    def further(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    def facts(self) -> dict[str, Any]:
        """What was typed, as `raise_signal` takes it."""
        given = {name: self.cleaned_data[name] for name in ("title", "text", "source", "observed_on", "customers")}
        return {**given, "touchpoints": [self.cleaned_data["touchpoint"], *self.cleaned_data["others"]]}


class MergeForm(forms.Form):
    """Which other signal says the same, by its reference."""

    into = LineField(label="The other signal", max_length=40)
    reason = ProseField(max_length=2_000, required=False)

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by

    def clean_into(self) -> Signal:
        reference = self.cleaned_data["into"].upper()
        found = Signal.objects.visible_to(self.by).filter(reference=reference).select_related("duplicate_of").first()
        if found is None:
            raise forms.ValidationError(f"There is no signal {reference}.")
        return found


class GatherForm(forms.Form):
    """Which problem a signal belongs to, by its reference."""

    problem = LineField(label="The problem", max_length=40)
    reason = ProseField(max_length=2_000, required=False)

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by

    def clean_problem(self) -> Problem:
        reference = self.cleaned_data["problem"].upper()
        found = Problem.objects.visible_to(self.by).filter(reference=reference).first()
        if found is None:
            raise forms.ValidationError(f"There is no problem {reference}.")
        return found
