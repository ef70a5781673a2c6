"""What is asked of the coverage page: a day."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from initiatives.core.fields import DayField
from initiatives.organization.models.roles import today


class DayForm(forms.Form):
    """The day of which coverage is told; empty for today."""

    as_of = DayField(label="As of", required=False)

    def clean_as_of(self) -> date | None:
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > today():
            raise ValidationError("Nothing is known of days to come. Choose today or a day before it.")
        return day if day != today() else None
