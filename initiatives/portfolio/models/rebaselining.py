"""A new baseline is proposed with a reason, and approved by a CXO who neither proposed it nor answers for the work."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.duties.models import Obligation
from initiatives.organization.models import User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.baselines import Baseline, Plan, plan_of
from initiatives.portfolio.models.belonging import BelongingQuerySet
from initiatives.portfolio.models.case_words import lock_with_money
from initiatives.portfolio.models.words import Status

if TYPE_CHECKING:
    from initiatives.portfolio.models.initiative import Initiative

UNDER_WAY = (Status.FUNDED, Status.ACTIVE, Status.PAUSED)


class Proposed(models.TextChoices):
    WAITING = "waiting", "Waiting"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class BaselineProposalQuerySet(BelongingQuerySet["BaselineProposal"]):
    def waiting(self) -> Self:
        return self.filter(state=Proposed.WAITING)

    def of(self, initiative: "Initiative") -> Self:
        return self.filter(initiative=initiative).order_by("-id")

    def with_people(self) -> Self:
        whose = ("accountable_department", "accountable_person", "benefit_owner", "proposed_by", "answered_by")
        return self.select_related("case", "reading", *whose)

    def obstacle_to_propose(self, initiative: "Initiative", by: User | None = None) -> str | None:
        """Say in one sentence why no new baseline can be proposed, or None."""
        if by is not None and not (initiative.may_run(by) or initiative.may_edit(by)):
            return f"Only {initiative.who_runs()} proposes a new baseline of {initiative.reference}."
        if initiative.status not in UNDER_WAY:
            return f"{initiative.reference} is {initiative.get_status_display().lower()}: a baseline is of work under way."
        if self.of(initiative).waiting().exists():
            return f"A new baseline of {initiative.reference} is proposed already; it is decided or withdrawn first."
        if by is not None and not asking.judges(initiative, by):
            return "No CXO could approve it: who proposes it or answers for the work does not. Let somebody else propose it."
        return None

    @transaction.atomic
    def propose(self, initiative: "Initiative", *, by: User, reason: str) -> "BaselineProposal":
        """Ask that the plan as it stands now becomes the baseline. What is proposed is kept as it was when it was proposed."""
        lock_with_money(initiative)
        if obstacle := self.obstacle_to_propose(initiative, by):
            raise RuleBroken(obstacle)
        reason, plan = reason_given(reason), plan_of(initiative)
        current = Baseline.objects.of(initiative).first()
        if current is not None and current.is_as(plan):
            raise BadInput("Nothing of the plan differs from the baseline.")
        proposal = self.create(initiative=initiative, reason=reason, proposed_by=by, **plan)
        asking.ask_to_decide_baseline(proposal, by=by)
        initiative.record("baseline_proposed", by=by, reason=reason)
        return proposal

    def end_all(self, initiative: Any, *, by: User | None, reason: str) -> None:
        """The work is over: nothing is decided any more. A part of the act that ended it."""
        for proposal in self.waiting().filter(initiative=initiative):
            proposal.become(Proposed.WITHDRAWN, by, reason)
            Obligation.objects.excuse(asking.DECIDE_BASELINE, proposal, by=by, reason=reason)


class BaselineProposal(Plan, Recorded):
    """The plan that somebody wants to be the baseline, and what the CXO answered. What it says never changes."""

    initiative: Any = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="baseline_proposals")
    state = models.CharField(max_length=9, choices=Proposed, default=Proposed.WAITING)
    reason = models.TextField(max_length=2_000)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now, editable=False)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=2_000, blank=True)

    objects = BaselineProposalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(state=Proposed.WAITING),
                name=says("one_baseline_proposed", "A new baseline is proposed already."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(Proposed.APPROVED, Proposed.DECLINED))
                | Q(answered_by__isnull=False) & ~Q(answered_by=F("proposed_by")),
                name=says("baseline_judged_by_another", "Nobody decides a baseline of their own."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="proposal_life",
                field="state",
                transitions=[("waiting", "approved"), ("waiting", "declined"), ("waiting", "withdrawn")],
            ),
            pgtrigger.Protect(name="proposal_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="proposal_stays",
                fields=[
                    "initiative",
                    "reason",
                    "proposed_by",
                    "proposed_at",
                    "starts_on",
                    "ends_on",
                    "money",
                    "foreign",
                    "case",
                    "reading",
                    "accountable_department",
                    "accountable_person",
                    "benefit_owner",
                    "scope",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"Proposed {self.proposed_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("portfolio:baseline", args=[self.initiative.reference])

    @property
    def is_open(self) -> bool:
        return self.state == Proposed.WAITING

    def obstacle_to_decide(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be approved or declined, or None."""
        if by is not None:
            if not by.standing.holds("cxo"):
                return f"Only the CXO decides the baseline of {self.initiative.reference}."
            if by.pk == self.proposed_by_id:
                return "Who proposed a baseline does not approve it; another CXO does."
            if by.pk == self.initiative.accountable_person_id:
                return "Who answers for the work does not approve its baseline; another CXO does."
        if not self.is_open:
            return f"This is {self.get_state_display().lower()} already."
        return None

    @transaction.atomic
    def approve(self, *, by: User) -> Baseline:
        """Make what is proposed the baseline; the ones before are kept."""
        self._lock()
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        self.become(Proposed.APPROVED, by)
        Obligation.objects.meet(asking.DECIDE_BASELINE, self, by=by)
        new = Baseline.objects.freeze(self.initiative, self.parts(), by=by, proposed_by=self.proposed_by)
        self.initiative.record("baseline_approved", by=by, version=new.number)
        return new

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Keep the baseline as it is, with the reason."""
        self._lock()
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        self.become(Proposed.DECLINED, by, reason_given(reason))
        Obligation.objects.meet(asking.DECIDE_BASELINE, self, by=by)
        self.initiative.record("baseline_declined", by=by, reason=self.answer)

    def obstacle_to_withdraw(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be taken back, or None."""
        if by is not None and by.pk != self.proposed_by_id:
            return f"Only {self.proposed_by} takes back what they proposed."
        return None if self.is_open else f"This is {self.get_state_display().lower()} already."

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """Take it back; nobody is asked any longer."""
        self._lock()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self.become(Proposed.WITHDRAWN, by)
        Obligation.objects.excuse(asking.DECIDE_BASELINE, self, by=by, reason="It was withdrawn.")
        self.initiative.record("baseline_withdrawn", by=by)

    def become(self, state: Proposed, by: User | None, answer: str = "") -> None:
        self.state, self.answered_by, self.answered_at, self.answer = state, by, clock.now(), answer
        self.save(update_fields=["state", "answered_by", "answered_at", "answer"])

    def _lock(self) -> None:
        self.initiative.lock()
        self.lock()
