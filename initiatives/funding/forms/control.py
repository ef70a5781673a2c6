"""How a pool is kept."""

from typing import Any

from django import forms

from initiatives.core.forms import offer
from initiatives.funding.models import Control, Nature, PostingControl
from initiatives.journey.models import Stage
from initiatives.organization.models import Department, User


class ControlForm(forms.Form):
    """How strictly a pool is kept."""

    control = forms.ChoiceField(label="When more is asked than it has to give", choices=Control)
    tolerance = forms.IntegerField(
        label="Tolerance, percent",
        min_value=0,
        max_value=100,
        help_text="So much more than is free may be asked.",
    )
    alert_at = forms.IntegerField(
        label="Alert level, percent", min_value=1, max_value=100, help_text="Pages warn when so much of it is given away."
    )
    post_control = forms.ChoiceField(label="When more of it is committed or spent than its limit", choices=PostingControl)
    post_limit = forms.IntegerField(label="Limit, percent", min_value=1, max_value=100, help_text="Of the pool’s budget.")
    post_tolerance = forms.IntegerField(
        label="Tolerance of the limit, percent", min_value=0, max_value=100, help_text="So much more passes, and is marked."
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label="Gives money for departments",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: for every department.",
    )

    stages = forms.ModelMultipleChoiceField(
        Stage.objects.none(),
        label="Gives money for stages",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: for what improves any stage, or none. Else for what improves one of these at least.",
    )
    nature = forms.ChoiceField(label="Pays", choices=[("", "Both kinds of expenditure"), *Nature.choices], required=False)

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "departments", Department.objects.visible_to(user).active().in_order())
        offer(self, "stages", Stage.objects.in_use())
