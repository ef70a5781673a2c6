"""What the charter's forms read: the items of a draft, the last day of a vote, and a ballot."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.journey.models import Ballot, Choice, ItemKind
from initiatives.organization.models.roles import today

LONGEST = 300
ONE_EACH = "One on each line."


class ItemsField(ProseField):
    """Several items, one on each line."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 5})
        super().__init__(max_length=20_000, required=False, help_text=ONE_EACH, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        line = LineField(max_length=LONGEST)
        lines = [line.clean(text) for text in str(super().clean(value) or "").split("\n") if text.strip()]
        return list(dict.fromkeys(lines))


class PrepareForm(forms.Form):
    """The items of the draft by kind."""

    stage = ItemsField(label="Candidate stages")
    metric = ItemsField(label="Shared metrics")
    principle = ItemsField(label="Principles")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise ValidationError("Write down at least one stage, metric or principle.")
        return data

    @property
    def items(self) -> list[tuple[str, str]]:
        return [(kind, text) for kind in ItemKind.values for text in self.cleaned_data[kind]]


class OpenForm(forms.Form):
    closes_on = DayField(label="Last day to vote")

    def clean_closes_on(self) -> Any:
        if self.cleaned_data["closes_on"] <= today():
            raise ValidationError("Leave the departments at least until tomorrow.")
        return self.cleaned_data["closes_on"]


class BallotForm(forms.Form):
    """In, out or abstain for each item, in order; what the department voted before is chosen already."""

    def __init__(self, ballot: Ballot, data: Any = None) -> None:
        before = dict(ballot.votes.values_list("item_id", "choice"))
        super().__init__(data, initial={f"item-{pk}": choice for pk, choice in before.items()})
        self.kinds: dict[str, list[str]] = {}
        for item in ballot.version.items.all():
            name = f"item-{item.pk}"
            self.fields[name] = forms.ChoiceField(label=item.text, choices=Choice.choices, widget=forms.RadioSelect)
            self.kinds.setdefault(ItemKind(item.kind).label, []).append(name)

    def by_kind(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(kind, [self[name] for name in names]) for kind, names in self.kinds.items()]

    @property
    def choices(self) -> dict[int, str]:
        return {int(name.removeprefix("item-")): choice for name, choice in self.cleaned_data.items()}


class WaiveForm(forms.Form):
    reason = ProseField(label="Reason", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
