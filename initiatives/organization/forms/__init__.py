"""What is typed about people, roles, departments and invitations: its shape. The rules stand on the models."""

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from initiatives.core.fields import FIRST_DAY, LAST_DAY, CodeField, DayField, LineField, ProseField
from initiatives.core.rules import BadInput
from initiatives.organization.adapter import LONGEST_PASSWORD
from initiatives.organization.models import COMPANY_WIDE, Department, RoleKind, Theme, User, Weekday

LINK = re.compile(r"[<>@]|://|\bwww\.", re.IGNORECASE)


class NameField(LineField):
    """A person's name: it stands in mails to others, so it holds no address and no link."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": 60, "label": "Name", **more})

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if LINK.search(name):
            raise ValidationError("A name holds no address and no link.", code="link")
        return name


class AddressField(forms.EmailField):
    """One e-mail address at a real domain, in lower case, its domain in ASCII."""

    default_validators = [EmailValidator(allowlist=[])]  # noqa: RUF012 - Django's own name and shape

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": 254, "label": "E-mail", **more})

    def to_python(self, value: Any) -> str:
        address: str = super().to_python(value) or ""
        person, at, domain = address.rpartition("@")
        if at and (set('[]"') & set(address) or "@" in person):
            raise ValidationError("Write one address, such as ada@example.org.", code="invalid")
        try:
            return f"{person}@{domain.encode('idna').decode()}".lower() if at else address
        except UnicodeError:
            raise ValidationError("Write one address, such as ada@example.org.", code="invalid") from None


if TYPE_CHECKING:
    OneDepartment = forms.ModelChoiceField[Department]
else:
    OneDepartment = forms.ModelChoiceField


class DepartmentChoice(OneDepartment):
    def label_from_instance(self, department: Department) -> str:
        return f"{department.name} ({department.code})"


class WithDepartment(forms.Form):
    """A form that offers the open departments the reader may see."""

    def __init__(self, *args: Any, reader: User, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            if isinstance(field, DepartmentChoice):
                field.queryset = Department.objects.visible_to(reader).active().in_order()


def departments(**more: Any) -> DepartmentChoice:
    return DepartmentChoice(Department.objects.none(), **{"required": False, "empty_label": "The whole company", **more})


class OneRole(WithDepartment):
    """A role and where it is held."""

    kind = forms.ChoiceField(label="Role", choices=[("", "Choose one"), *RoleKind.choices])
    department = departments(help_text="For department heads, deputies and contributors.")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        kind, department = typed.get("kind"), typed.get("department")
        if kind and "department" not in self.errors and (kind in COMPANY_WIDE) != (department is None):
            self.add_error("department", "This role is held company-wide." if department else "Choose the department.")
        return typed


class GrantRole(OneRole):
    starts = DayField(label="From")
    ends = DayField(label="Until", required=False, help_text="The first day without the role. Empty: no end is planned.")

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["starts"].initial = today


class Invite(OneRole):
    email = AddressField()
    name = NameField()
    field_order = ("email", "name", "kind", "department")


class EndRole(forms.Form):
    on = DayField(label="First day without the role")
    reason = ProseField(max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class Reason(forms.Form):
    """An act that takes something away says why."""

    reason = ProseField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))


class Versioned(forms.Form):
    """An edit says which version it was made from."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class DepartmentForm(WithDepartment):
    code = CodeField(max_length=20, help_text="Short, such as OPS; it stands on badges and in imports.")
    name = LineField(max_length=120)
    cost_centre = CodeField(max_length=20, required=False)
    parent = departments(label="Part of", empty_label="Nothing: it stands at the top")


class EditDepartment(DepartmentForm, Versioned):
    pass


class AddHoliday(WithDepartment):
    day = DayField()
    name = LineField(max_length=60, help_text="As people call it, such as Labour Day.")
    department = departments(
        label="For", help_text="A department's holidays count for those below it that have none of their own."
    )


class EditWeek(forms.Form):
    days = forms.TypedMultipleChoiceField(
        label="The company works on", choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple
    )


class OneYear(forms.Form):
    """Which year of the calendar is shown."""

    year = forms.IntegerField(min_value=FIRST_DAY.year, max_value=LAST_DAY.year, required=False)

    def asked(self, otherwise: int) -> int:
        """The year asked for, or this one; BadInput when it is none."""
        if not self.is_valid():
            raise BadInput("year: choose one between 2000 and 2100")
        return self.cleaned_data["year"] or otherwise


class Profile(Versioned):
    name = NameField()
    time_zone = forms.ChoiceField(label="Time zone", help_text="Days and hours are shown in it; reminders come in its morning.")
    locale = forms.ChoiceField(label="Language and numbers", choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label="Appearance", choices=Theme, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


class ChoosePassword(forms.Form):
    """The reader of an invitation names herself and chooses a password; it is never trimmed."""

    name = NameField(label="Your name")
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        help_text="Twelve characters or more; a sentence is easy to remember.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same once more",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError("This is not the same password.", code="different")
        return again


class PeopleFilter(forms.Form):
    """What the list of people may be narrowed by; a value that is not offered is refused."""

    q = forms.CharField(label="Name or address", max_length=200, required=False)
    state = forms.ChoiceField(choices=[("", "Active"), ("left", "Left"), ("all", "Everybody")], required=False)
    role = forms.ChoiceField(choices=[("", "Any role"), *RoleKind.choices, ("none", "No role")], required=False)

    def asked(self) -> dict[str, str]:
        """What was chosen; BadInput when it is not offered."""
        if not self.is_valid():
            raise BadInput("; ".join(f"{name}: {error}" for name, errors in self.errors.items() for error in errors))
        return self.cleaned_data

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())
