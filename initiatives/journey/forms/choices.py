"""The touchpoints that somebody may name, as the choices of a select, grouped by stage."""

from collections import defaultdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from initiatives.journey.models import Stage, Touchpoint
from initiatives.journey.models.hanging import answered_by
from initiatives.organization.models import User

Groups = list[tuple[str, list[tuple[str, str]]]]
RESTRICTED = "Restricted item"


def touchpoints_by_stage(user: User, *, own: bool = False) -> Groups:
    """Those in use that `user` may see, or answers for: (stage, [(reference, title · channel)]); two queries."""
    stages = dict(Stage.objects.visible_to(user).values_list("pk", "title"))
    seen = Touchpoint.objects.visible_to(user).in_use()
    rows = (seen.filter(answered_by(user, "")) if own else seen).order_by("stage__position", "title", "id")
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for reference, title, channel, stage in rows.values_list("reference", "title", "channel__name", "stage"):
        groups[stages.get(stage, RESTRICTED)].append((reference, f"{title} · {channel}"))
    return list(groups.items())


class TouchpointField(forms.TypedChoiceField):
    """One touchpoint, by its reference."""

    def for_reader(self, user: User, groups: Groups) -> None:
        self.user, self.choices = user, [("", "Choose one"), *groups]

    def clean(self, value: Any) -> Touchpoint | None:
        reference = super().clean(value)
        if not reference:
            return None
        return _found(self.user, [reference])[0]


class TouchpointsField(forms.MultipleChoiceField):
    """Several touchpoints, by their references."""

    def for_reader(self, user: User, groups: Groups) -> None:
        self.user, self.choices = user, groups

    def clean(self, value: Any) -> list[Touchpoint]:
        return _found(self.user, super().clean(value))


def _found(user: User, references: list[str]) -> list[Touchpoint]:
    along = ("owned__department", "parent__owned", "stage__owned")
    rows = {
        one.reference: one for one in Touchpoint.objects.visible_to(user).filter(reference__in=references).select_related(*along)
    }
    if missing := [reference for reference in references if reference not in rows]:
        raise ValidationError(f"There is no touchpoint {missing[0]}.")
    return [rows[reference] for reference in dict.fromkeys(references)]
