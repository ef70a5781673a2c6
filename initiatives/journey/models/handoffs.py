"""Handoffs: what one touchpoint passes to the next, agreed by the departments on both sides."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.journey.models import following
from initiatives.journey.models.handoff_sides import ACCEPT, HandoffSide, holder
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.ownable import next_reference
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.seen import seen
from initiatives.journey.models.words import Answer, HandoffState, Kind
from initiatives.organization.models import Department, User

MOST_HOURS = 8_784  # a leap year


class HandoffQuerySet(models.QuerySet["Handoff"]):
    def visible_to(self, user: User) -> Self:
        """Those of which `user` may know both ends."""
        return self.filter(seen(user, "giver__owned__"), seen(user, "taker__owned__"))

    def living(self) -> Self:
        return self.exclude(state=HandoffState.ENDED)

    def agreed(self) -> Self:
        """Accepted by both sides; only these count."""
        return self.filter(state=HandoffState.AGREED)

    @transaction.atomic
    def propose(
        self, giver: Touchpoint, taker: Touchpoint, *, by: User, passes: str, hours: int, customer_data: str = ""
    ) -> "Handoff":
        """Ask both sides to agree to these terms."""
        terms = {"passes": passes.strip(), "hours": hours, "customer_data": customer_data.strip()}
        handoff = self.model(giver=giver, taker=taker, **terms)
        if obstacle := handoff.obstacle_to_propose(by):
            raise RuleBroken(obstacle)
        handoff.reference = next_reference("HOF")
        handoff.save()
        sides = [HandoffSide.objects.create(handoff=handoff, taking=taking) for taking in (False, True)]
        handoff.record("proposed", by=by, reference=handoff.reference, giver=giver.reference, taker=taker.reference)
        handoff.ask(sides, by=by, why="")
        return handoff


class Handoff(Recorded):
    """An agreement that `giver` passes something to `taker`. It counts while both sides accept the same version of it.

    passes         what is handed on
    hours          within how long; 0 is at once
    customer_data  what is known of the customer and goes along
    version        of the terms: each change asks both sides again
    """

    reference = models.CharField(max_length=40, unique=True, editable=False)
    giver = models.ForeignKey(Touchpoint, models.PROTECT, related_name="handoffs_out")
    taker = models.ForeignKey(Touchpoint, models.PROTECT, related_name="handoffs_in")
    passes = models.TextField("what is passed on", max_length=2_000)
    hours = models.PositiveSmallIntegerField("within how many hours", default=0, validators=[MaxValueValidator(MOST_HOURS)])
    customer_data = models.TextField("which data goes along", max_length=2_000, blank=True)
    state = models.CharField(max_length=10, choices=HandoffState, default=HandoffState.PROPOSED)
    version = models.PositiveIntegerField(default=1)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["giver", "taker"],
                condition=~Q(state=HandoffState.ENDED),
                name=says("one_handoff_each_way", "There is a handoff between these two already."),
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name=says("no_handoff_to_itself", "A touchpoint hands nothing to itself.")
            ),
            models.CheckConstraint(
                condition=Q(state__in=HandoffState.values), name=says("handoff_state", "There is no such state of a handoff.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference}: {self.giver.title} → {self.taker.title}"

    def get_absolute_url(self) -> str:
        return reverse("journey:handoff", args=[self.reference])

    # -- Who may ---------------------------------------------------------------------------------------------------------

    def seen_by(self, user: User) -> bool:
        return self.giver.owned.seen_by(user) and self.taker.owned.seen_by(user)

    def ends(self) -> tuple[Department | None, Department | None]:
        """The departments that answer for the two ends today."""
        return holder(self.giver.owned), holder(self.taker.owned)

    def may_run(self, user: User) -> bool:
        """Ask for it, change it, end it: the CXO, and head and deputies on either side."""
        return user.standing.holds("cxo") or any(user.standing.heads_department(unit.pk) for unit in self.ends() if unit)

    def may_answer(self, user: User) -> bool:
        return any(side.may_answer(user) for side in self.sides.select_related("department"))

    def obstacle_to_run(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_run(by):
            return "Only the CXO and the heads and deputies of the departments on either side can do this."
        return f"{self.reference} has ended." if self.state == HandoffState.ENDED else None

    def obstacle_to_propose(self, by: User | None = None) -> str | None:
        """Say in one sentence why this handoff cannot be asked for, or None."""
        if by is not None and not self.seen_by(by):
            return "Choose two touchpoints."
        if obstacle := self.obstacle_to_run(by):
            return obstacle
        if self.giver_id == self.taker_id:
            return "A touchpoint hands nothing to itself."
        if gone := next((end for end in (self.giver, self.taker) if end.owned.archived_on is not None), None):
            return f"{gone.reference} is no longer in use."
        other = Handoff.objects.living().filter(giver=self.giver, taker=self.taker).first()
        return f"{other.reference} stands between these two already." if other else self._obstacle_to_see()

    def _obstacle_to_see(self) -> str | None:
        """Who is asked must be able to see what is on the other side."""
        for unit in self.ends():
            blind = unit is not None and not all(self.seen_by(person) for person in unit.deciders())
            if blind:
                return f"{unit} may not see both ends. Let its head see them first."
        return None

    # -- Acts ------------------------------------------------------------------------------------------------------------

    def ask(self, sides: Iterable[HandoffSide], *, by: User | None, why: str) -> None:
        """Open these sides to the departments that hold their ends today."""
        giving, taking = self.ends()
        for side in sides:
            side.handoff = self
            side.open(taking if side.taking else giving, by=by, why=why)
        self._settle()

    def _settle(self) -> None:
        """Stand where the two answers put it."""
        answers = set(self.sides.values_list("answer", flat=True))
        agreed = HandoffState.AGREED if answers == {Answer.ACCEPTED} else HandoffState.PROPOSED
        self.state = HandoffState.DECLINED if Answer.DECLINED in answers else agreed
        self.save(update_fields=["state"])

    def obstacle_to_accept(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot answer, or None."""
        if self.state == HandoffState.ENDED:
            return f"{self.reference} has ended."
        sides = list(self.sides.select_related("department"))
        if by is not None and not any(side.may_answer(by) for side in sides):
            return "Only the heads and deputies of the departments on either side can answer."
        open_to = [side for side in sides if side.waits and (by is None or side.may_answer(by))]
        return None if open_to else "Your side has answered already."

    @transaction.atomic
    def accept(self, *, by: User, version: int | None = None) -> None:
        """Agree to the terms, for each side that waits for `by`: a department that holds both ends answers once."""
        self._answer(Answer.ACCEPTED, by=by, version=version)

    @transaction.atomic
    def decline(self, *, by: User, reason: str, version: int | None = None) -> None:
        """Refuse the terms, with the reason. Changed terms ask again."""
        if not reason.strip():
            raise RuleBroken("Give the reason for declining.")
        self._answer(Answer.DECLINED, by=by, reason=reason.strip(), version=version)

    def _answer(self, answer: Answer, *, by: User, reason: str = "", version: int | None = None) -> None:
        self.lock(version=version)
        sides = [side for side in HandoffSide.objects.of(self) if side.waits and side.may_answer(by)]
        if obstacle := self.obstacle_to_accept(by):
            raise RuleBroken(obstacle)
        for side in sides:
            side.give(answer, by=by, reason=reason)
        self._settle()
        self.record(answer.value, by=by, reason=reason, departments=sorted({str(side.department) for side in sides}))

    @transaction.atomic
    def change(self, *, by: User, passes: str, hours: int, customer_data: str = "", version: int | None = None) -> None:
        """Other terms: a new version, to be accepted again by both sides."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_run(by):
            raise RuleBroken(obstacle)
        if (passes.strip(), hours, customer_data.strip()) == (self.passes, self.hours, self.customer_data):
            raise RuleBroken("Nothing was changed.")
        self.passes, self.hours, self.customer_data = passes.strip(), hours, customer_data.strip()
        self.version += 1
        self.save(update_fields=["passes", "hours", "customer_data", "version"])
        self.ask(list(HandoffSide.objects.of(self)), by=by, why="The terms were changed.")
        self.record("changed", by=by)

    @transaction.atomic
    def end(self, *, by: User, reason: str) -> None:
        """Nothing is handed on any more: the passage is open again."""
        self.lock()
        if obstacle := self.obstacle_to_run(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise RuleBroken("Give the reason for ending it.")
        self.finish(by=by, reason=reason.strip())

    def finish(self, *, by: User, reason: str) -> None:
        """End it, as a part of the act that says so; it is locked before."""
        self.state = HandoffState.ENDED
        self.save(update_fields=["state"])
        for side in HandoffSide.objects.of(self):
            Obligation.objects.excuse(ACCEPT, side, by=by, reason="The handoff has ended.")
        self.record("ended", by=by, reason=reason)


def ask_who_holds_it_now(owned: OwnedObject) -> None:
    """Where another department holds an end than before, or none, that side answers anew; the other one stays as it is."""
    for handoff in _living_at(owned):
        here = handoff.giver.owned_id == owned.pk
        side = next(side for side in HandoffSide.objects.of(handoff) if side.taking != here)
        unit = handoff.ends()[side.taking]
        if side.department_id != (unit.pk if unit else None):
            handoff.ask([side], by=None, why="Another department answers for this side now.")
            handoff.record("reopened", by=None, side="taking" if side.taking else "giving", department=str(unit or "nobody"))


def end_with(owned: OwnedObject, by: User, reason: str) -> None:
    """Nothing is passed on from or to what is no longer in use."""
    for handoff in _living_at(owned):
        handoff.finish(by=by, reason=reason)


def _living_at(owned: OwnedObject) -> Iterator[Handoff]:
    """The living handoffs that begin or end here, each locked."""
    if owned.kind != Kind.TOUCHPOINT:
        return
    for handoff in Handoff.objects.living().filter(Q(giver__owned=owned) | Q(taker__owned=owned)).order_by("pk"):
        handoff.lock()
        if handoff.state != HandoffState.ENDED:
            yield handoff


following.follow(ask_who_holds_it_now)
following.when_out_of_use(end_with)
