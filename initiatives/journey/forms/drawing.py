"""What people type about the map: touchpoints, stages, channels. Who may not edit gives the reason for a proposal."""

from collections.abc import Mapping
from typing import Any

from django import forms

from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.core.forms import offer
from initiatives.journey.models import Channel, Stage, StageKind, Touchpoint
from initiatives.journey.models.drawn import Drawn
from initiatives.journey.models.map import MOST_CONTACTS
from initiatives.organization.models import Department, User

PARTS = 6  # of one split


class DrawnForm(forms.Form):
    """Base of the forms about one thing on the map. `version` travels along, against somebody's newer edit."""

    reason = ProseField(label="Why", max_length=2_000, help_text="Who decides about your proposal reads it.")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, by: User, subject: Drawn | None = None, **more: Any) -> None:
        if subject is not None and "initial" not in more:
            more["initial"] = {**subject.kept(), "version": subject.version}
        super().__init__(*args, **more)
        self.by, self.subject = by, subject
        self.proposes = not self.may_edit()
        if not self.proposes:
            del self.fields["reason"]
        elif self.may_somewhere():
            self.fields["reason"].required = False
        self.order_fields([name for name in self.fields if name not in ("reason", "version")])

    def may_edit(self) -> bool:
        return self.by.standing.holds("cxo") if self.subject is None else self.subject.may_edit(self.by)

    def may_somewhere(self) -> bool:
        """Whether it depends on what is chosen if this person edits or proposes."""
        return False

    def values(self) -> dict[str, Any]:
        """What was typed, without version and reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "reason")}

    @property
    def said(self) -> Mapping[str, Any]:
        """The version that the form was opened with, and the reason."""
        return {"version": self.cleaned_data.get("version"), "reason": self.cleaned_data.get("reason", "")}


class TouchpointForm(DrawnForm):
    title = LineField(max_length=200, help_text="One contact, as the customer would name it.")
    stage = forms.ModelChoiceField(queryset=Stage.objects.none())
    channel = forms.ModelChoiceField(queryset=Channel.objects.none())
    description = ProseField(max_length=5_000, required=False, help_text="What happens here, and what goes wrong.")
    reach = forms.IntegerField(label="Contacts a year", min_value=0, max_value=MOST_CONTACTS)
    moment_of_truth = forms.BooleanField(
        required=False, label="Moment of truth", help_text="It decides whether the customer stays; it weighs more."
    )

    def __init__(self, *args: Any, by: User, subject: Touchpoint | None = None, **more: Any) -> None:
        super().__init__(*args, by=by, subject=subject, **more)
        stages, channels = Stage.objects.visible_to(by).in_use(), Channel.objects.filter(archived_on=None)
        offer(self, "stage", stages, words=lambda stage: stage.title)
        offer(self, "channel", channels)
        self.fields["description"].widget.attrs["rows"] = 4

    def may_somewhere(self) -> bool:
        return self.subject is None and Stage.objects.owned_by(self.by).exists()


class SplitForm(DrawnForm):
    """Up to six parts at a time, each with its name and its contacts a year."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"initial": {"version": more["subject"].version}, **more})
        for number in range(1, PARTS + 1):
            self.fields[f"title_{number}"] = LineField(label=f"Part {number}", max_length=200, required=False)
            self.fields[f"reach_{number}"] = forms.IntegerField(
                label=f"Contacts a year of part {number}", min_value=0, max_value=MOST_CONTACTS, required=False
            )
        self.order_fields([name for name in self.fields if name not in ("reason", "version")])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for number in range(1, PARTS + 1):
            nameless = f"title_{number}" not in self.errors and not typed.get(f"title_{number}")
            if nameless and typed.get(f"reach_{number}") is not None:
                self.add_error(f"title_{number}", "Name this part, or leave its contacts empty.")
        return typed

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        named = [number for number in range(1, PARTS + 1) if typed.get(f"title_{number}")]
        return {"parts": [{"title": typed[f"title_{n}"], "reach": typed.get(f"reach_{n}") or 0} for n in named]}


class StageForm(DrawnForm):
    title = LineField(max_length=200)
    kind = forms.ChoiceField(choices=StageKind.choices)
    review_on = DayField(label="Review by", required=False, help_text="Past this day the stage is shown as stale.")


class ChannelForm(DrawnForm):
    name = LineField(max_length=60)
    online = forms.BooleanField(required=False, help_text="The customer is not with us in person.")


class ReviewForm(forms.Form):
    next_on = DayField(label="Next review by")
    note = ProseField(max_length=2_000, required=False, label="What the review found")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["note"].widget.attrs["rows"] = 3


class RestrictForm(forms.Form):
    """Who sees a restricted touchpoint beside its insiders."""

    departments = forms.ModelMultipleChoiceField(
        queryset=Department.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Departments that see it"
    )
    guests = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="People who see it too",
        help_text="Its owner, the stewards of the owning department, and who reads everything see it anyway.",
    )

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        departments = Department.objects.visible_to(by).active().in_order()
        offer(self, "departments", departments)
        offer(self, "guests", User.objects.visible_to(by).active().in_order())
