"""What is asked of the map and of coverage: a day."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

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


def day_of(request: HttpRequest) -> tuple[DayForm, date | None]:
    """The form, and the day that the address asks for; None is today, and where it asks for no day that there is."""
    form = DayForm(request.GET if "as_of" in request.GET else None)
    return form, form.cleaned_data["as_of"] if form.is_valid() else None
