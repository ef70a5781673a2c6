"""What people type in the handshake of ownership."""

from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.core.forms import offer
from initiatives.journey.models import Ownership, Refusal
from initiatives.organization.models import Department, User

MOST_DIGITS = 18  # of a row's number


class ProposeForm(forms.Form):
    """Which department is asked, and why that one."""

    department = forms.ModelChoiceField(queryset=Department.objects.none())
    why = ProseField(label="Why this department", max_length=2_000, required=False)

    def __init__(self, *args: Any, by: User, only: frozenset[int] | None = None, **more: Any) -> None:
        """`only` are the departments that `by` may speak for, where no other may be asked."""
        super().__init__(*args, **more)
        offered = Department.objects.visible_to(by).active().in_order()
        offer(self, "department", offered if only is None else offered.filter(pk__in=only))
        self.fields["why"].widget.attrs["rows"] = 3


class OwnerForm(forms.Form):
    """Who answers for it in the department; nobody chosen: who accepts."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Myself")

    def __init__(self, *args: Any, by: User, ownership: Ownership, **more: Any) -> None:
        super().__init__(*args, **more)
        people = User.objects.visible_to(by).in_department(ownership.department).in_order()
        offer(self, "person", people)


class DeclineForm(forms.Form):
    """Why the department does not take it on."""

    code = forms.ChoiceField(label="Why", choices=[("", "Choose"), *Refusal.choices])
    reason = ProseField(max_length=2_000, help_text="One sentence that whoever asked can act on.")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].widget.attrs["rows"] = 3


class WhyForm(forms.Form):
    reason = ProseField(max_length=2_000)


class MaybeWhyForm(forms.Form):
    reason = ProseField(max_length=2_000, required=False)


class AttestForm(forms.Form):
    """Which ownerships are attested: the ticked ones."""

    ownership = forms.TypedMultipleChoiceField(coerce=int, label="What is still yours")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        ticked = self.data.getlist("ownership") if hasattr(self.data, "getlist") else []
        numbers = [number for number in ticked if number.isascii() and number.isdigit() and len(number) < MOST_DIGITS]
        self.fields["ownership"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]  # which of them are whose, the act asks
