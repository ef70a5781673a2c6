"""What people type about open calls and orphans."""

from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.core.forms import offer
from initiatives.journey.models import Call, Hand
from initiatives.organization.models import Department, User


class CallForm(forms.Form):
    why = ProseField(label="What is to be taken on, and why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
    offer = ProseField(
        label="What comes with it",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="People or money, in words; amounts are asked for under Decide.",
    )


class HandForm(forms.Form):
    """For a department of one's own, or for the time being."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label="For which department", required=False, empty_label="None: I keep it for the time being"
    )
    words = ProseField(label="Why you", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        mine = Department.objects.visible_to(by).active().filter(pk__in=by.standing.belongs_to).in_order()
        offer(self, "department", mine)


class ChooseForm(forms.Form):
    hand = forms.ModelChoiceField(Hand.objects.none())

    def __init__(self, *args: Any, call: Call, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "hand", call.hands.select_related("person", "department"))


class AssignForm(forms.Form):
    department = forms.ModelChoiceField(Department.objects.none(), label="Who owns it")
    rationale = ProseField(label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "department", Department.objects.visible_to(by).active().in_order())
