"""After how many days money is idle, and from when on."""

from django import forms

from initiatives.core.fields import DayField
from initiatives.core.forms import ReasonForm
from initiatives.funding.models.idle_rules import FEWEST, MOST


class IdleForm(ReasonForm):
    days = forms.IntegerField(
        label="Days without a commitment",
        min_value=FEWEST,
        max_value=MOST,
        help_text="Then its owner is asked to commit it or give it back. What waits at a gate has as long after the gate’s day.",
    )
    starts = DayField(label="From", help_text="Today or later.")

    field_order = ("days", "starts", "reason")
