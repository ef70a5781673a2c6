"""What people type about a customer journey: title, goal, and its path, which is moved row by row.

Without JavaScript each button of the path sends the whole form, and the page comes back with the path as it would be.
"""

import re
from typing import Any, NamedTuple

from django import forms

from initiatives.core.fields import LineField
from initiatives.core.forms import offer
from initiatives.core.rules import BadInput
from initiatives.journey.forms.drawing import DrawnForm
from initiatives.journey.models import Step, Touchpoint

TOKEN = re.compile(r"([st])(\d{1,18})(?:-\d{1,4})?", re.ASCII)
MOST_STEPS = 200
RESTRICTED = "Restricted item"


class Place(NamedTuple):
    """One row of the path: how the form names it, which touchpoint it is, and what its reader is told of it."""

    token: str
    touchpoint: int
    title: str
    reference: str


class JourneyForm(DrawnForm):
    title = LineField(max_length=120, help_text="Who walks here: a business traveller by car.")
    goal = LineField(max_length=300, required=False, help_text="What this customer wants to have at the end.")
    more = forms.ModelChoiceField(queryset=Touchpoint.objects.none(), required=False, label="Add a touchpoint")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.offered = Touchpoint.objects.visible_to(self.by).in_use().order_by("stage__position", "title")
        offer(self, "more", self.offered)
        self.places = self._named(self._sent() if self.is_bound else self._kept())
        if self.is_bound:
            again = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            again["more"] = ""  # it stands on the path now; drawn again, it would be added once more
            self.data = again

    def _kept(self) -> list[tuple[str, int]]:
        if self.subject is None:
            return []
        steps = Step.objects.filter(journey_id=self.subject.pk).order_by("position")
        return [(f"s{pk}", touchpoint) for pk, touchpoint in steps.values_list("pk", "touchpoint_id")]

    def _sent(self) -> list[tuple[str, int]]:
        """The rows in the order in which they were sent, moved, removed and added to as the pressed button says.

        A row of the path as it stands is named by its step, so that a restricted one can be kept by who may not see it.
        """
        tokens = self.data.getlist("order")[:MOST_STEPS]  # type: ignore[attr-defined]  # a QueryDict
        kept = {f"s{pk}": touchpoint for pk, touchpoint in self._steps()}
        rows = [(token, found) for token in tokens if (found := self._touchpoint(token, kept)) is not None]
        name, _, way = self.data.get("move", "").rpartition(":")
        at = next((place for place, (token, _) in enumerate(rows) if token == name), None)
        if at is not None and way in ("up", "down"):
            to = max(0, min(len(rows) - 1, at + (-1 if way == "up" else 1)))
            rows.insert(to, rows.pop(at))
        rows = [row for row in rows if row[0] != self.data.get("remove")]
        if self.data.get("add") and (added := self.offered.filter(pk=_number(self.data.get("more"))).first()):
            rows.append((f"t{added.pk}", added.pk))
        return rows

    @property
    def pressed(self) -> bool:
        """Whether a button of the path was pressed, and not Save."""
        return any(self.data.get(name) for name in ("move", "remove", "add"))

    def _steps(self) -> list[tuple[int, int]]:
        if self.subject is None:
            return []
        return list(Step.objects.filter(journey_id=self.subject.pk).values_list("pk", "touchpoint_id"))

    def _touchpoint(self, token: str, kept: dict[str, int]) -> int | None:
        if (match := TOKEN.fullmatch(token)) is None:
            raise BadInput("The path cannot be read. Open the page again.")
        return kept.get(f"s{match[2]}") if match[1] == "s" else int(match[2])

    def _named(self, rows: list[tuple[str, int]]) -> list[Place]:
        keys = {touchpoint for _, touchpoint in rows}
        seen = Touchpoint.objects.visible_to(self.by).filter(pk__in=keys).values_list("pk", "title", "reference")
        names = {pk: (title, reference) for pk, title, reference in seen}
        places = []
        for number, (token, touchpoint) in enumerate(rows, 1):
            plain = token.partition("-")[0]
            if touchpoint in names or plain[0] == "s":
                title, reference = names.get(touchpoint, (RESTRICTED, ""))
                places.append(Place(plain if plain[0] == "s" else f"{plain}-{number}", touchpoint, title, reference))
        return places

    def values(self) -> dict[str, Any]:
        typed = super().values()
        typed.pop("more")
        return {**typed, "path": [place.touchpoint for place in self.places]}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
