"""What the forms about authority read: limits of roles, further steps, and delegates."""

from typing import Any

from django import forms
from django.conf import settings

from initiatives.core.fields import CodeField, DayField, ProseField
from initiatives.core.forms import offer
from initiatives.core.money import AmountField
from initiatives.funding.models.delegates import DELEGATING, MOST_DAYS
from initiatives.funding.models.limits import DECIDE
from initiatives.funding.models.step_rules import MOST_PLACES, Signer
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.organization.models.roles import today


class LimitForm(forms.Form):
    kind = forms.ChoiceField(label="Role", choices=[(kind.value, kind.label) for kind in DECIDE])
    department = forms.ModelChoiceField(
        Department.objects.none(), required=False, empty_label="Every department", help_text="Only for heads and deputies."
    )
    person = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Whoever holds the role", help_text="The closest limit counts."
    )
    amount = AmountField(label="Up to", required=False, zero=True, help_text="Empty: any amount.")
    currency = CodeField(label="Currency", max_length=3, min_length=3, initial=settings.CURRENCY)
    starts = DayField(label="From")
    ends = DayField(label="Until before", required=False, help_text="Empty: until another limit takes its place.")
    reason = ProseField(label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), help_text="The CXO reads it.")

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "department", Department.objects.visible_to(user).active().in_order())
        offer(self, "person", User.objects.visible_to(user).holding(*DECIDE).in_order())
        self.fields["starts"].initial = today

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class StepForm(forms.Form):
    signer = forms.ChoiceField(label="Who signs", choices=Signer)
    department = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        empty_label="Whole requests, whichever pool",
        help_text="Else what its own pools are asked for.",
    )
    above = AmountField(label="Above", required=False, zero=True, help_text="Empty: nobody signs here any more.")
    currency = CodeField(
        label="Currency",
        max_length=3,
        min_length=3,
        initial=settings.CURRENCY,
        help_text="Requests in another one are signed whatever their amount, until it has a step of its own.",
    )
    place = forms.IntegerField(
        label="Place",
        min_value=1,
        max_value=MOST_PLACES,
        initial=1,
        help_text="After the pools and before finance, the lowest first.",
    )
    starts = DayField(label="From", help_text="For requests that are submitted from this day on.")
    ends = DayField(label="Until before", required=False, help_text="Empty: until another step takes its place.")
    reason = ProseField(label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), help_text="The CXO reads it.")

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "department", Department.objects.visible_to(user).active().in_order())
        self.fields["starts"].initial = today

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class DelegateForm(forms.Form):
    """Of several roles one is chosen; only heads have a department."""

    kind = forms.ChoiceField(label="Your role")
    department = forms.ModelChoiceField(
        Department.objects.none(), label="Department", required=False, empty_label="None", help_text="Only as head."
    )
    delegate = forms.ModelChoiceField(User.objects.none(), label="Who decides for you")
    starts = DayField(label="From")
    ends = DayField(label="Until before", help_text=f"At most {MOST_DAYS} days later.")
    cap = AmountField(label="Up to", required=False, help_text="Empty: up to your own limit.")
    reason = ProseField(label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        mine = user.standing.head_only
        held = [RoleKind.HEAD] * bool(mine) + [kind for kind in DELEGATING if kind != RoleKind.HEAD and user.standing.holds(kind)]
        offer(self, "department", Department.objects.visible_to(user).active().filter(pk__in=mine).in_order())
        roles = Role.objects.current()
        members = (roles.filter(department__in=mine) if held == [RoleKind.HEAD] else roles).values("person")
        offer(self, "delegate", User.objects.visible_to(user).active().filter(pk__in=members).exclude(pk=user.pk).in_order())
        self.fields["starts"].initial = today
        if len(mine) == 1:
            self.fields["department"].initial = next(iter(mine))
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(kind.value, kind.label) for kind in held]
        if len(held) == 1:
            del self.fields["kind"]
        if not mine:
            del self.fields["department"]
        self.only = held[0] if len(held) == 1 else None

    def clean(self) -> dict[str, Any]:
        """What is named: by the one role that there is, else by the chosen one; a department for heads alone."""
        data = super().clean() or {}
        data["kind"] = self.only or data.get("kind")
        if data["kind"] == RoleKind.HEAD and "department" not in self.errors and not data.get("department"):
            self.add_error("department", "Say for which department.")
        elif data["kind"] != RoleKind.HEAD:
            data["department"] = None
        return data
