"""A contest: departments disagree on whose an object is. Clocks move the case on; somebody without a stake in it rules."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.journey.models import asking_contests as asking
from initiatives.journey.models.contest_papers import Claim, Exhibit
from initiatives.journey.models.contest_words import CLOCK_DAYS, LOCK_DAYS, OPEN, STEPS, CaseState, Settlement
from initiatives.journey.models.contested import Contested
from initiatives.journey.models.giving import give, give_back, heir_of, obstacle_to_give
from initiatives.journey.models.opening_contests import interim_steward, obstacle_to_contest, other_side
from initiatives.journey.models.ownable import next_reference
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.seen import seen
from initiatives.journey.models.words import State
from initiatives.organization.calendars import Calendars
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from collections.abc import Collection


class ContestQuerySet(models.QuerySet["Contest"]):
    def visible_to(self, user: User) -> Self:
        """Those of what this person may know of."""
        return self.filter(seen(user, "owned__"))

    def open_now(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, today: date) -> Self:
        """Open, and the last day of the running clock is over."""
        return self.open_now().filter(due_on__lt=today)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def with_sides(self) -> Self:
        return self.select_related("owned", "claimant", "against", "ruled_for", "opened_by")

    @transaction.atomic
    def contest(self, owned: OwnedObject, department: Department, *, names: Department, words: str, by: User) -> "Contest":
        """`department` says that the object is of `names`: its own, or not its own but another's."""
        owned.lock()
        if obstacle := obstacle_to_contest(owned, department, names, by):
            raise RuleBroken(obstacle)
        against, held = other_side(owned, department, names), owned.department_id is not None
        contest = self.model(
            reference=next_reference("CON"),
            owned=owned,
            claimant=department,
            against=against,
            opened_by=by,
            state=CaseState.CONTESTED if held and names == department else CaseState.CLAIMED,
        )
        contest.start_clock()
        contest.save()
        Claim.objects.create(contest=contest, department=department, names=names, by=by)
        contest.file(department, words, by)
        steward = interim_steward(owned, [department.pk, against.pk, names.pk])
        owned.become(State.CONTESTED, department=owned.department, steward=steward)
        contest.record("opened", by=by, reason=words.strip(), claimant=department.name, names=names.name)
        asking.ask(contest, by=by)
        return contest


class Contest(Contested):
    """One case. Its sides are the department that opened it, the one it is directed against, and whoever else claims."""

    objects = ContestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owned"], condition=Q(state__in=OPEN), name=says("one_open_contest", "This is contested already.")
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, due_on__isnull=False, settlement="", ended_at=None)
                | Q(
                    state="settled",
                    due_on=None,
                    ruled_for__isnull=False,
                    settlement__in=Settlement.values,
                    ended_at__isnull=False,
                )
                | Q(state="withdrawn", due_on=None, settlement="", ended_at__isnull=False),
                name=says("contest_ends_somehow", "A case has a clock while it is open, and says how it ended."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(state__in=OPEN), name="contests_by_clock")]
        triggers: ClassVar = [
            pgtrigger.FSM(name="life", field="state", transitions=STEPS),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    # -- what the sides do ------------------------------------------------------------------------------------------------

    @transaction.atomic
    def claim(self, department: Department, *, names: Department, words: str, by: User) -> None:
        """Say whose it is, for a department: a counter-claim, a changed claim, an agreement. If all agree, it is settled."""
        self._lock_both()
        if obstacle := self.obstacle_to_claim(department, by):
            raise RuleBroken(obstacle)
        if names.pk != department.pk and names.pk not in self.side_ids():
            raise BadInput("It is of the department itself, or of one that has a stake in it.")
        Claim.objects.update_or_create(
            contest=self, department=department, defaults={"names": names, "by": by, "at": clock.now()}
        )
        self.file(department, words, by)
        self.record("claimed", by=by, reason=words.strip(), claimant=department.name, names=names.name)
        for kind in (asking.ANSWER, asking.AGREE):
            asking.was_done(kind, self, department, by=by)
        if agreed := self.agreed_on():
            self._settle(agreed, Settlement.AGREEMENT, by=by)
        elif self.state == CaseState.CLAIMED:
            self._go_on(CaseState.CONTESTED, by=by)

    @transaction.atomic
    def give_evidence(self, department: Department, *, words: str, by: User) -> Exhibit:
        """Add a statement to the file, for a department that has a stake in it."""
        self._lock_both()
        if obstacle := self.obstacle_to_give_evidence(department, by):
            raise RuleBroken(obstacle)
        evidence = self.file(department, words, by)
        self.record("evidence_given", by=by, number=evidence.number, claimant=department.name)
        asking.was_done(asking.PROVE, self, department, by=by)
        return evidence

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str = "") -> None:
        """Take the claim that opened the case back: the object is what it was before."""
        self._lock_both()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self.due_on, self.ended_at = None, clock.now()
        self._become(CaseState.WITHDRAWN)
        give_back(self.owned)
        self.record("withdrawn", by=by, reason=reason.strip())
        asking.ask(self, by=by)

    # -- what deciders do ---------------------------------------------------------------------------------------------------

    @transaction.atomic
    def rule(self, department: Department, *, rationale: str, cites: "Collection[int]", by: User) -> None:
        """Say whose it is, why, and on which evidence (its numbers). The first ruling can be appealed; the second is final."""
        by = User.objects.get(pk=by.pk)  # rights are read anew, whatever this request knew
        self._lock_both()
        if obstacle := self.obstacle_to_rule(by, department):
            raise RuleBroken(obstacle)
        cited = list(self.evidence.filter(number__in=cites))
        if not rationale.strip() or not cited or len(cited) != len(set(cites)):
            raise BadInput("Say why you rule so, and cite the evidence that you rely on.")
        final = self.state == CaseState.APPEALED
        ruling = self.rulings.create(on_appeal=final, decider=by, department=department, rationale=rationale.strip())
        ruling.cites.set(cited)
        self.ruled_for = department
        self.record("ruled", by=by, reason=ruling.rationale, owner=department.name, cites=[one.number for one in cited])
        if final:
            self._settle(department, Settlement.APPEAL, by=by)
        else:
            self._go_on(CaseState.RULED, by=by)

    @transaction.atomic
    def appeal(self, department: Department, *, words: str, by: User) -> None:
        """Ask the CEO to rule again, once, for a department that did not get it."""
        self._lock_both()
        if obstacle := self.obstacle_to_appeal(department, by):
            raise RuleBroken(obstacle)
        self.file(department, words, by)
        self.record("appealed", by=by, reason=words.strip(), claimant=department.name)
        self._go_on(CaseState.APPEALED, by=by)

    # -- what time does -------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def turn(self, *, today: date | None = None) -> bool:
        """Move the case on when its clock has run out; returns whether it did. May be tried at any time and twice."""
        self._lock_both()
        if self.due_on is None or self.due_on >= (today or clock.company_day()):
            return False
        match self.state:
            case CaseState.CLAIMED if claim := self.uncontested():
                self._settle(claim, Settlement.SILENCE, by=None)
            case CaseState.CLAIMED:
                self._go_on(CaseState.CONTESTED, by=None)
            case CaseState.CONTESTED:
                self._go_on(CaseState.MEDIATION, by=None)
            case CaseState.MEDIATION:
                self._go_on(CaseState.RULING, by=None)
            case CaseState.RULING if self.may_escalate():
                self.escalated = True
                self._go_on(CaseState.RULING, by=None)
            case CaseState.RULING:
                return False
            case CaseState.RULED | CaseState.APPEALED:
                assert self.ruled_for is not None
                self._settle(self.ruled_for, Settlement.RULING, by=None)
        return True

    # -- beats that the acts share ----------------------------------------------------------------------------------------------

    def file(self, department: Department, words: str, by: User) -> Exhibit:
        """Number and keep a statement."""
        if not words.strip():
            raise BadInput("Write down the reasons.")
        number = self.evidence.count() + 1
        return self.evidence.create(number=number, department=department, words=words.strip(), by=by)

    def start_clock(self) -> None:
        """Set the last day of the clock that begins now: five working days of the side that works least."""
        today, calendars = clock.company_day(), Calendars.read()
        self.due_on = max(calendars.of(pk).working_days_after(today, CLOCK_DAYS) for pk in (self.claimant_id, self.against_id))

    def _go_on(self, state: CaseState, *, by: User | None) -> None:
        self.start_clock()
        self._become(state)
        if by is None:
            self.record("moved_on", by=None)
        asking.ask(self, by=by)

    def _settle(self, department: Department, how: Settlement, *, by: User | None) -> None:
        self.ruled_for, self.settlement, self.due_on, self.ended_at = department, how, None, clock.now()
        self._become(CaseState.SETTLED)
        heir = heir_of(department)
        if obstacle_to_give(heir):
            give_back(self.owned)  # it was closed meanwhile, and nobody follows it
        else:
            self.owned.locked_until = clock.day_of(self.ended_at) + timedelta(days=LOCK_DAYS)
            self.owned.save(update_fields=["locked_until"])
            give(self.owned, heir, by=by, why=f"{self.reference}: {self.get_settlement_display()}.")
        self.record("settled", by=by, owner=heir.name)
        asking.ask(self, by=by)

    def _become(self, state: CaseState) -> None:
        self.state = state
        self.save(update_fields=["state", "due_on", "ruled_for", "settlement", "ended_at", "escalated"])

    def _lock_both(self) -> None:
        self.owned.lock()
        self.lock()
