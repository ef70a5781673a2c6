"""What is typed when departments become one, or two."""

from typing import Any

from django import forms

from initiatives.core.fields import CodeField, LineField, ProseField
from initiatives.core.forms import offer
from initiatives.organization import reorganization
from initiatives.organization.forms import WithDepartment, departments
from initiatives.organization.models import Department, User

WHY = forms.Textarea(attrs={"rows": 3})


class MergeForm(WithDepartment):
    """Which department it becomes a part of."""

    into = departments(label="Into", required=True, empty_label="Choose one")
    reason = ProseField(max_length=2_000, widget=WHY)

    def __init__(self, *args: Any, reader: User, department: Department, **more: Any) -> None:
        super().__init__(*args, reader=reader, **more)
        field = self.fields["into"]
        field.queryset = field.queryset.exclude(pk=department.pk)  # type: ignore[attr-defined]  # a choice of rows


class SplitForm(forms.Form):
    """The new department, who goes there, and what goes with them. One field for each room that holds something."""

    code = CodeField(max_length=20, help_text="Short, such as OPS; it stands on badges and in imports.")
    name = LineField(max_length=120)
    cost_centre = CodeField(max_length=20, required=False)
    head = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Nobody yet")
    people = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Who goes there"
    )
    reason = ProseField(max_length=2_000, widget=WHY)

    def __init__(self, *args: Any, reader: User, department: Department, **more: Any) -> None:
        super().__init__(*args, **more)
        people = User.objects.visible_to(reader).active().in_order()
        offer(self, "head", people)
        offer(self, "people", people.in_department(department))
        self.rooms = [room for room, held in reorganization.held_by(department, reader).items() if self._offer(room, held)]
        self.order_fields(["code", "name", "cost_centre", "head", "people", *map(_field, self.rooms), "reason"])

    def _offer(self, room: str, held: reorganization.Held) -> bool:
        if held:
            self.fields[_field(room)] = forms.TypedMultipleChoiceField(
                coerce=int, choices=held, required=False, widget=forms.CheckboxSelectMultiple, label=f"What goes there: {room}"
            )
        return bool(held)

    def chosen(self) -> dict[str, Any]:
        """What `reorganizing.split` takes."""
        plain = ("code", "name", "cost_centre", "head", "people", "reason")
        holdings = {room: self.cleaned_data[_field(room)] for room in self.rooms}
        return {name: self.cleaned_data[name] for name in plain} | {"holdings": holdings}


def _field(room: str) -> str:
    return f"holdings_{room}"
