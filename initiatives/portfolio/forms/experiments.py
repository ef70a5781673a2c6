"""What people type about experiments."""

from django import forms

from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.portfolio.models import Result


class ExperimentForm(forms.Form):
    """The smallest test that could show that the hypothesis is wrong."""

    hypothesis = ProseField(max_length=2_000, help_text="If we do this for these customers, then that changes.")
    success = LineField(max_length=300, label="Success metric", help_text="What would show it: a number, of how many, by when.")
    stops_on = DayField(label="Stop date", help_text="On this day you say what it showed, whatever it did.")


class StopForm(forms.Form):
    stops_on = DayField(label="New stop date")
    reason = ProseField(max_length=2_000)


class ResultForm(forms.Form):
    """What an experiment showed."""

    result = forms.ChoiceField(choices=Result.choices, widget=forms.RadioSelect)
    finding = ProseField(label="What was found", max_length=5_000, help_text="The number, of how many, and what follows from it.")
