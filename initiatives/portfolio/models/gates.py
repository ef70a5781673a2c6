"""Gates: a tranche of the money is held until the CXO, with the milestone met and the questions answered, lets it go."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q, Sum
from django.urls import reverse

from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn
from initiatives.core.rules import BadInput, RuleBroken, Stale, reason_given, says
from initiatives.duties.models import Obligation
from initiatives.funding.models import Kind
from initiatives.funding.models.posting import content_of
from initiatives.organization.models import User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.gate_laws import HOLDS_MONEY
from initiatives.portfolio.models.gate_papers import Criterion, GateDecision, GateState, Verdict
from initiatives.portfolio.models.initiative import Initiative
from initiatives.portfolio.models.milestones import Milestone

LONGEST_HOLD = timedelta(days=180)


class GateQuerySet(models.QuerySet["Gate"]):
    def waiting(self) -> Self:
        return self.filter(state=GateState.WAITING)

    def of(self, initiative: Initiative) -> Self:
        return self.filter(milestone__initiative=initiative)

    def visible_to(self, user: User) -> Self:
        return self.filter(milestone__initiative__in=Initiative.objects.visible_to(user))

    def held(self) -> Decimal:
        """The sum of the tranches that wait."""
        return self.waiting().aggregate(sum=Sum("tranche"))["sum"] or Decimal(0)

    def obstacle_to_set(self, initiative: Initiative, by: User | None = None) -> str | None:
        """Say in one sentence why no gate can be set, or None."""
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO sets gates for {initiative.reference}."
        if initiative.is_over:
            return f"{initiative.reference} is {initiative.get_status_display().lower()}."
        return None

    @transaction.atomic
    def set_gate(self, milestone: Milestone, tranche: Decimal, *, must: Iterable[str], should: Iterable[str], by: User) -> "Gate":
        """Hold `tranche` of the initiative's money until this milestone's gate lets it go; with the questions it will ask."""
        initiative = _locked(milestone)
        if obstacle := self.obstacle_to_set(initiative, by) or _settled(milestone):
            raise RuleBroken(obstacle)
        if self.filter(milestone=milestone).exists():
            raise RuleBroken(f"“{milestone}” has its gate already.")
        questions = [(words.strip(), True) for words in must] + [(words.strip(), False) for words in should]
        if not any(needed for words, needed in questions if words):
            raise BadInput("Name at least one thing that must be met.")
        if obstacle := initiative.cost_object.obstacle_to_hold(self.of(initiative).held() + tranche):
            raise RuleBroken(obstacle)
        gate = self.create(milestone=milestone, tranche=tranche)
        for place, (words, needed) in enumerate(one for one in questions if one[0]):
            Criterion.objects.create(gate=gate, place=place, words=words, must=needed)
        initiative.record("gate_set", by=by, milestone=milestone.title, tranche=str(tranche))
        return gate


class Gate(Recorded):
    """What stands between a milestone and the next tranche of the money."""

    milestone = models.OneToOneField(Milestone, models.PROTECT, related_name="gate")
    tranche = AmountColumn()
    state = models.CharField(max_length=8, choices=GateState, default=GateState.WAITING)

    objects = GateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(tranche__gte=0), name=says("tranche_not_negative", "A tranche is never negative.")
            ),
            models.CheckConstraint(
                condition=Q(state__in=GateState.values), name=says("gate_state", "There is no such state of a gate.")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="gate_life", field="state", transitions=[("waiting", "passed"), ("waiting", "killed")]),
            pgtrigger.Protect(name="gate_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="gate_stays", fields=["milestone", "tranche"]),
            HOLDS_MONEY,
        ]

    def __str__(self) -> str:
        return f"Gate of “{self.milestone}”"

    def get_absolute_url(self) -> str:
        return reverse("portfolio:gate", args=[self.milestone.initiative.reference, self.milestone_id])

    @property
    def is_open(self) -> bool:
        return self.state == GateState.WAITING

    def shown(self) -> str:
        """The hash of what a decision rests on: each question with its answer, and what is missing for a go."""
        answers = [one.answered() for one in self.criteria.all()]
        return content_of("gate", gate=self.pk, answers=answers, missing=self.missing())

    # -- the questions -------------------------------------------------------------------------------------------------

    def obstacle_to_answer(self, by: User | None = None) -> str | None:
        """Say in one sentence why the questions cannot be answered, or None."""
        initiative = self.milestone.initiative
        if by is not None and not initiative.may_plan(by):
            return f"Only {initiative.who_runs()}, and who is responsible, can answer for {initiative.reference}."
        return None if self.is_open else f"The gate is {self.get_state_display().lower()}."

    @transaction.atomic
    def answer(self, answers: Mapping[int, tuple[bool | None, str]], *, by: User, shown: str | None = None) -> None:
        """Say of each question (by its id) whether it is met, and what shows it."""
        initiative = self._lock(shown)
        if obstacle := self.obstacle_to_answer(by):
            raise RuleBroken(obstacle)
        for criterion in self.criteria.filter(pk__in=answers).order_by("place"):
            criterion.met, criterion.evidence = answers[criterion.pk]
            if criterion.met and not criterion.evidence.strip():
                raise BadInput(f"Say what shows that this is met: {criterion.words}")
            criterion.save(update_fields=["met", "evidence"])
        initiative.record("gate_answered", by=by, milestone=self.milestone.title, met=self.criteria.filter(met=True).count())

    def missing(self) -> list[str]:
        """What must be met before a go and is not, in sentences."""
        initiative = self.milestone.initiative
        found = [f"Not met: {one.words}" for one in self.criteria.all() if one.must and not one.met]
        if initiative.accountable_department_id is None:
            found.insert(0, "No department has accepted to be accountable.")
        if self.milestone.met_on is None:
            found.insert(0, f"“{self.milestone}” is not met yet.")
        return found

    # -- the decision --------------------------------------------------------------------------------------------------

    def obstacle_to_decide(self, by: User | None = None) -> str | None:
        """Say in one sentence why the gate cannot be decided, or None."""
        initiative = self.milestone.initiative
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO decides a gate of {initiative.reference}."
        if by is not None and by.pk == initiative.accountable_person_id:
            return "Who answers for the work does not decide its gate."
        if not self.is_open:
            return f"The gate is {self.get_state_display().lower()} already."
        return None

    def obstacle_to_go(self, by: User | None = None) -> str | None:
        """Say in one sentence why the tranche cannot be let go, or None."""
        return self.obstacle_to_decide(by) or next(iter(self.missing()), None)

    @transaction.atomic
    def go(self, *, by: User, reason: str, shown: str | None = None) -> None:
        """Let the tranche go: from now on it may be committed."""
        self._lock(shown)
        if obstacle := self.obstacle_to_go(by):
            raise RuleBroken(obstacle)
        self.state = GateState.PASSED
        self.save(update_fields=["state"])
        self._decide(Verdict.GO, by, reason)

    @transaction.atomic
    def hold(self, until: date, *, by: User, reason: str) -> None:
        """Decide later: the money stays held, and the CXO is asked again on that day."""
        self._lock()
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        if not by.today() < until <= by.today() + LONGEST_HOLD:
            raise BadInput(f"Name a day after today, at most {LONGEST_HOLD.days} days ahead.")
        self._decide(Verdict.HOLD, by, reason)
        asking.ask_to_decide_gate(self, due_on=until, by=by)

    @transaction.atomic
    def recycle(self, *, by: User, reason: str, shown: str | None = None) -> None:
        """Send the work back: the milestone is open again and every question is asked anew."""
        self._lock(shown)
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        self._decide(Verdict.RECYCLE, by, reason)
        self.criteria.update(met=None)
        self.milestone.met_on = None
        self.milestone.save(update_fields=["met_on"])

    @transaction.atomic
    def kill(self, *, by: User, reason: str, shown: str | None = None) -> None:
        """End it here: what is not committed goes back to its pools, and the initiative is cancelled, or paused while money
        that was promised is still to be paid.
        """
        initiative = self._lock(shown)
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        Gate.objects.of(initiative).waiting().update(state=GateState.KILLED)
        self.state = GateState.KILLED
        self._decide(Verdict.KILL, by, reason)
        asking.no_gate_to_decide(Gate.objects.of(initiative), by=by, reason=f"{initiative.reference} was ended at a gate.")
        self._give_back(initiative, by, reason)
        initiative.cost_object.refresh_from_db()
        if initiative.obstacle_to_cancel(by) is None:
            initiative.cancel(by=by, reason=reason)
        elif initiative.obstacle_to_pause(by) is None:
            initiative.pause(by=by, reason=reason)

    def _give_back(self, initiative: Initiative, by: User, reason: str) -> None:
        """What is allocated and not committed, to each of its pools."""
        left = initiative.cost_object.accounts.filter(kind=Kind.ALLOCATED, balance__gt=0).select_related("pool")
        for account in left.order_by("pool"):
            memo = f"Ended at a gate: {reason}"[:300]
            initiative.cost_object.release(account.pool, account.balance, by=by, memo=memo, nature=account.nature)

    def _decide(self, verdict: Verdict, by: User, reason: str) -> None:
        """Write down the verdict with the answers it was given on; the reason must be there."""
        reason = reason_given(reason)
        answers = [one.answered() for one in self.criteria.all()]
        GateDecision.objects.create(gate=self, verdict=verdict, reason=reason, by=by, answers=answers)
        Obligation.objects.meet(asking.DECIDE_GATE, self, by=by)
        words = {"milestone": self.milestone.title, "verdict": verdict.label.lower(), "tranche": str(self.tranche)}
        self.milestone.initiative.record("gate_decided", by=by, reason=reason, **words)

    def _lock(self, shown: str | None = None) -> Initiative:
        """`shown` is the hash of what the page showed; without it nobody looked at a page."""
        initiative = _locked(self.milestone)
        self.lock()
        self.milestone.initiative = initiative
        if shown is not None and shown != self.shown():
            raise Stale("The answers changed after you opened the page. Look at them again before you go on.")
        return initiative


def _locked(milestone: Milestone) -> Initiative:
    """The initiative, with its money and the milestone locked; the money first, as every act that allocates does."""
    initiative: Initiative = milestone.initiative
    initiative.cost_object.lock()
    initiative.lock()
    milestone.lock()
    return initiative


def _settled(milestone: Milestone) -> str | None:
    return None if milestone.is_open else f"“{milestone}” is {'met' if milestone.met_on else 'dropped'} already."
