"""The forms of the room decisions."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.models.functions import Length
from django.http import QueryDict

from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.core.forms import offer
from initiatives.core.money import AmountField
from initiatives.core.rules import BadInput
from initiatives.decisions.models import Outcome, RoundBallot, Scenario
from initiatives.decisions.models.assessment import HIGHEST, LOWEST
from initiatives.decisions.models.rounds import FEWEST, MOST
from initiatives.funding.models import FiscalYear, Pool
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import OVER, Initiative

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


class BoundForm(forms.Form):
    """Above which amount papers are asked for."""

    amount = AmountField(label="Above", zero=True, help_text="Gates, transfers between pools and overrides always need one.")
    reason = ProseField(label="Why", max_length=2_000)


class ReviewForm(forms.Form):
    """What the review of a decision found."""

    outcome = forms.ChoiceField(
        label="Does it stand?", choices=[one for one in Outcome.choices if one[0]], widget=forms.RadioSelect
    )
    words = ProseField(label="Why", max_length=5_000)


class ScenarioForm(forms.Form):
    name = LineField(max_length=80, help_text="What it tries: cautious, all on security, half the budget.")
    year = forms.ModelChoiceField(FiscalYear.objects.none(), label="Fiscal year")
    like = forms.ModelChoiceField(
        Scenario.objects.none(), label="Begin with the lines of", required=False, empty_label="None: an empty one"
    )

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "year", FiscalYear.objects.visible_to(user).newest_first())
        offer(self, "like", Scenario.objects.visible_to(user).in_order())


class PlanForm(forms.Form):
    """How much one pool would pay for one initiative; `version` is the one of the scenario that was read."""

    initiative = forms.ModelChoiceField(Initiative.objects.none())
    pool = forms.ModelChoiceField(Pool.objects.none())
    amount = AmountField(
        label="Amount", required=False, zero=True, help_text="In the pool’s currency. Empty or zero takes it out."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, user: User, scenario: Scenario, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "initiative", Initiative.objects.visible_to(user).exclude(status__in=OVER).order_by("reference"))
        offer(self, "pool", Pool.objects.visible_to(user).filter(year=scenario.year_id).in_order())


class NoteForm(forms.Form):
    note = ProseField(label="Why this one", max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RoundForm(forms.Form):
    """A round: what is divided, over which candidates, until when. Those that rank first are offered."""

    title = LineField(label="Title", help_text="Everybody with a role reads it.")
    cap = AmountField(label="Amount that each department divides")
    minimum = AmountField(
        label="The least that each gives",
        zero=True,
        required=False,
        help_text="Of that amount, to initiatives that everybody may see. Empty: a department may give nothing.",
    )
    closes_on = DayField(label="Last day")
    candidates = forms.ModelMultipleChoiceField(
        Initiative.objects.none(),
        label="Candidates",
        widget=forms.CheckboxSelectMultiple,
        help_text=f"At least {FEWEST}, at most {MOST}. Who may not see a confidential initiative does not see it here either.",
    )

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        order = (F("rank").asc(nulls_last=True), Length("reference"), "reference")
        first = Initiative.objects.visible_to(user).candidates().order_by(*order)
        rows = Initiative.objects.visible_to(user).filter(pk__in=first.values("pk")[:MOST]).order_by(*order)
        offer(self, "candidates", rows.select_related("lead_department"), words=self._words)

    @staticmethod
    def _words(initiative: Initiative) -> str:
        place = f"{initiative.rank}. " if initiative.rank else ""
        return f"{place}{initiative.reference} {initiative.title} · {initiative.lead_department.code}"

    def clean_closes_on(self) -> Any:
        if self.cleaned_data["closes_on"] <= today():
            raise ValidationError("Leave the departments at least until tomorrow.")
        return self.cleaned_data["closes_on"]

    def clean_minimum(self) -> Decimal:
        return self.cleaned_data["minimum"] or Decimal(0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("cap") is not None and data.get("minimum", 0) > data["cap"]:
            self.add_error("minimum", "The least that is given is not above the amount.")
        return data


class DivideForm(forms.Form):
    """An amount for each candidate that the reader may see; what the department gave before stands there already."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, ballot: RoundBallot, user: User, data: Any = None) -> None:
        before = dict(ballot.portions.values_list("candidate_id", "amount"))
        super().__init__(data, initial={"version": ballot.version} | {f"candidate-{pk}": one for pk, one in before.items()})
        self.names: dict[str, int] = {}
        for candidate in ballot.round.candidates.visible_to(user).select_related("initiative").in_order():
            name, initiative = f"candidate-{candidate.pk}", candidate.initiative
            label = f"{initiative.reference} {initiative.title}"
            own = "Led by your department." if candidate.lead_department_id == ballot.department_id else ""
            self.fields[name] = AmountField(label=label, zero=True, required=False, help_text=own)
            self.names[name] = candidate.pk

    @property
    def amounts(self) -> dict[int, Decimal]:
        """What is given to each; nothing and zero are left out."""
        return {pk: amount for name, pk in self.names.items() if (amount := self.cleaned_data[name])}


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
