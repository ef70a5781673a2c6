"""The forms of the room decisions."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from initiatives.core.fields import DayField, ProseField
from initiatives.core.rules import BadInput
from initiatives.decisions.models import Outcome
from initiatives.decisions.models.assessment import HIGHEST, LOWEST

_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def _score(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=LOWEST, max_value=HIGHEST)


class AssessForm(forms.Form):
    value = _score("Value", "1 helps few customers a little, 10 helps many a lot")
    effort = _score("Effort", "1 is days of one team, 10 is years of several")
    rationale = ProseField(
        label="Why",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Read by whoever may see the initiative.",
    )


class PublishForm(forms.Form):
    rationale = ProseField(
        label="Why this order", max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}), help_text="Everybody reads this."
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class WeighForm(forms.Form):
    """What was weighed; the newest paper counts, so it says everything."""

    rationale = ProseField(label="Why it was decided so", max_length=5_000)
    options = ProseField(label="What else could have been done", max_length=5_000, required=False, help_text="One option a line.")
    dissent = ProseField(label="Who disagreed, and why", max_length=5_000, required=False)
    review_on = DayField(label="Look at it again on", required=False)


class ReviewForm(forms.Form):
    """What the review of a decision found."""

    outcome = forms.ChoiceField(
        label="Does it stand?", choices=[one for one in Outcome.choices if one[0]], widget=forms.RadioSelect
    )
    words = ProseField(label="Why", max_length=5_000)


class Arrangement:
    """What the draft page sends: the ids in their order, perhaps one step up or down, and reasons by id.

    `order` comes once for each row shown; `move` is "7:up" or "7:down", from a browser without JavaScript; `place-7` is a
    position typed; `reason-7` says why.
    """

    def __init__(self, data: QueryDict) -> None:
        self.seen = data.get("seen", "")[:64]
        self.order = [self._id(text) for text in data.getlist("order")]
        self.reasons = {
            self._id(name.removeprefix("reason-")): self._reason(text)
            for name, text in data.items()
            if name.startswith("reason-") and isinstance(text, str)
        }
        if move := data.get("move", ""):
            self._step(move)
        for name, text in data.items():
            if name.startswith("place-") and isinstance(text, str):
                self._put(self._id(name.removeprefix("place-")), text)

    @staticmethod
    def _id(text: str) -> int:
        if not _ID.fullmatch(text):
            raise BadInput("This order cannot be read. Open the page again.")
        return int(text)

    @staticmethod
    def _reason(text: str) -> str:
        try:
            return ProseField(max_length=2_000, required=False).clean(text) or ""
        except ValidationError as error:
            raise BadInput(" ".join(error.messages)) from error

    def _step(self, move: str) -> None:
        one, _, way = move.partition(":")
        pk = self._id(one)
        if pk not in self.order or way not in ("up", "down"):
            raise BadInput("This step cannot be read. Open the page again.")
        self._move(pk, self.order.index(pk) + (-1 if way == "up" else 1))

    def _put(self, pk: int, text: str) -> None:
        """`text` is empty unless somebody typed a new position."""
        if not text:
            return
        if not _ID.fullmatch(text):
            raise BadInput("A position is a whole number from 1.")
        self._move(pk, int(text) - 1)

    def _move(self, pk: int, index: int) -> None:
        if pk in self.order:  # a candidate further down than the page shows is not
            self.order.remove(pk)
        self.order.insert(max(0, index), pk)
