"""What the CXO types to open a sweep."""

from datetime import timedelta
from typing import Any

from django import forms

from initiatives.core import clock
from initiatives.core.fields import DayField
from initiatives.core.forms import offer
from initiatives.journey.models import Stage
from initiatives.organization.models import User

WEEKS = 2


class SweepForm(forms.Form):
    due_on = DayField(label="Answers due")
    stages = forms.ModelMultipleChoiceField(
        queryset=Stage.objects.none(), widget=forms.CheckboxSelectMultiple, label="Stages in scope"
    )

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        stages = Stage.objects.visible_to(by).in_use().select_related("owned__department").order_by("position")
        offer(self, "stages", stages)
        self.fields["stages"].initial = stages
        self.fields["due_on"].initial = lambda: clock.today() + timedelta(weeks=WEEKS)
