"""The life of an initiative: one act for each step, each with the sentence that says what stands in its way."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, reason_given
from initiatives.duties.models import Obligation
from initiatives.organization.models import User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.aimed import Aimed
from initiatives.portfolio.models.baselines import Baseline
from initiatives.portfolio.models.benefit_owner import BenefitOwner
from initiatives.portfolio.models.experiments import Experiment
from initiatives.portfolio.models.involvement import Involvement
from initiatives.portfolio.models.milestones import Milestone
from initiatives.portfolio.models.rebaselining import BaselineProposal
from initiatives.portfolio.models.words import CANDIDATES, OVER, Letter, Status

STOPS = (Status.PAUSED, *OVER)  # from then on nothing is committed: see life_laws.py


class Lifecycle(Aimed):
    """Status, and the place in the ranking in force, which stays until the next ranking whatever becomes of the initiative."""

    rank = models.PositiveIntegerField(null=True, blank=True)
    rank_reason = models.TextField(blank=True, max_length=2_000)

    class Meta:
        abstract = True

    # Each obstacle says first what is missing and then who could do it; `by=None` asks for the state alone.

    def obstacle_to_propose(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_edit(by):
            return f"Only who drafted {self.reference}, the head of {self.lead_department} or the CXO can propose it."
        if obstacle := self._only_from(Status.DRAFT):
            return obstacle
        if not self.problem.strip():
            return "Write the problem statement first: which customers fail at what."
        if self.lacks_a_problem():
            return "Name the problem that it answers first."
        asked = Involvement.objects.living().filter(initiative_id=self.pk, letter=Letter.ACCOUNTABLE)
        if not asked.exists():
            return "Ask a department to be accountable first."
        return None

    @transaction.atomic
    def propose(self, *, by: User) -> None:
        """Hand the draft to the CXO as a candidate."""
        self._step(Status.PROPOSED, "proposed", by, self.obstacle_to_propose)

    def obstacle_to_assess(self, by: User | None = None) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO assesses {self.reference}."
        return self._only_from(*CANDIDATES)

    @transaction.atomic
    def assess(self, *, by: User) -> None:
        """Take note that value and effort were judged; a candidate may be judged again."""
        to = Status.ASSESSED if self.status == Status.PROPOSED else Status(self.status)
        self._step(to, "assessed", by, self.obstacle_to_assess)

    def obstacle_to_prioritise(self, by: User | None = None, rank: int | None = 1) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO ranks {self.reference}."
        if rank is None:  # a new ranking leaves it out: funded, over, or no longer a candidate
            return None
        if self.status == Status.PROPOSED:
            return f"Assess {self.reference} first: value and effort decide its rank."
        return self._only_from(Status.ASSESSED, Status.PRIORITISED)

    @transaction.atomic
    def prioritise(self, rank: int | None, *, by: User, reason: str = "") -> None:
        """Give the rank of a published ranking, and why; None when the new ranking leaves it out."""
        if rank is not None and rank < 1:
            raise BadInput("Ranks start at 1.")
        to = Status.PRIORITISED if rank is not None else None
        self._step(
            to, "prioritised", by, partial(self.obstacle_to_prioritise, rank=rank), reason=reason, rank=rank, rank_reason=reason
        )

    def obstacle_to_fund(self, by: User | None = None) -> str | None:
        return self._only_from(Status.PRIORITISED)

    @transaction.atomic
    def fund(self, *, by: User | None) -> None:
        """Take note that money was allocated; called in the allocation's own transaction."""
        self._step(Status.FUNDED, "funded", by, self.obstacle_to_fund)

    def obstacle_to_launch(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_run(by):
            return f"Only {self.who_runs()} can launch {self.reference}."
        if obstacle := self._only_from(Status.FUNDED, need="Money must be allocated first"):
            return obstacle
        if self.accountable_department_id is None:
            return "No department has accepted to be accountable yet."
        return None

    @transaction.atomic
    def launch(self, *, by: User) -> None:
        """Open the initiative for work; from now on it reports."""
        self._step(Status.ACTIVE, "launched", by, self.obstacle_to_launch)
        Baseline.objects.freeze_first(self, by=by)  # of what came with its money from elsewhere
        self._wait_for_report(by)

    def obstacle_to_complete(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_run(by):
            return f"Only {self.who_runs()} can complete {self.reference}."
        if obstacle := self._only_from(Status.ACTIVE):
            return obstacle
        milestones = self.at_hand.get("milestones")
        if milestones is None:
            milestones = Milestone.objects.filter(initiative_id=self.pk).select_related("gate")
        if gates := [milestone.title for milestone in milestones if milestone.waits_at_its_gate]:
            return f"Money is held at the gates of these milestones: {', '.join(gates)}. They are decided first."
        if titles := [milestone.title for milestone in milestones if milestone.is_open]:
            return f"These milestones are open: {', '.join(titles)}. Meet or drop them first."
        return None

    @transaction.atomic
    def complete(self, *, by: User) -> None:
        """Say that the work is done. Whether it helped is measured afterwards."""
        self._step(Status.COMPLETED, "completed", by, self.obstacle_to_complete)
        self._ask_no_more(by, f"{self.reference} is completed.")

    def obstacle_to_realise(self, by: User | None = None) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO can say that {self.reference} realised its benefit."
        if obstacle := self._only_from(Status.COMPLETED):
            return obstacle
        return f"No benefit of {self.reference} has been measured yet; realised means measured, not hoped for."

    @transaction.atomic
    def realise(self, *, by: User) -> None:
        """Say that the promised benefit arrived."""
        self._step(Status.REALISED, "realised", by, self.obstacle_to_realise)

    def obstacle_to_decline(self, by: User | None = None) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO can decline {self.reference}."
        return self._only_from(*CANDIDATES) or self._money_in_the_way()

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Say that this will not be done, and why."""
        self._step(Status.DECLINED, "declined", by, self.obstacle_to_decline, reason=reason_given(reason))
        self._ask_no_more(by, f"{self.reference} is declined.")

    def obstacle_to_pause(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_run(by):
            return f"Only {self.who_runs()} can pause {self.reference}."
        return self._only_from(Status.ACTIVE)

    @transaction.atomic
    def pause(self, *, by: User, reason: str) -> None:
        """Stop the work for now, and say why."""
        self._step(Status.PAUSED, "paused", by, self.obstacle_to_pause, reason=reason_given(reason))
        Obligation.objects.excuse(asking.CHECK_IN, self, by=by, reason=f"{self.reference} is paused.")

    def obstacle_to_resume(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_run(by):
            return f"Only {self.who_runs()} can resume {self.reference}."
        return self._only_from(Status.PAUSED)

    @transaction.atomic
    def resume(self, *, by: User) -> None:
        """Take the work up again."""
        self._step(Status.ACTIVE, "resumed", by, self.obstacle_to_resume)
        self._wait_for_report(by)

    def obstacle_to_cancel(self, by: User | None = None) -> str | None:
        if by is not None and not (by.standing.holds("cxo") or by.standing.heads_department(self.lead_department_id)):
            return f"Only the head of {self.lead_department} or the CXO can cancel {self.reference}."
        if self.is_over:
            return f"{self.reference} is {self.get_status_display().lower()} already."
        return self._money_in_the_way()

    def _money_in_the_way(self) -> str | None:
        """Say which money keeps the initiative from ending: asked for and not decided, or given and not spent."""
        for money in self.cost_object.figures():
            if money.asked:
                return f"Money is being asked for {self.reference}. Its open requests must be withdrawn or decided first."
            if left := money.allocated - money.spent:
                first = "decommitted and released" if money.committed else "released"
                return f"{money.currency} {left:,.2f} is allocated to {self.reference} and not spent. It must be {first} first."
        return None

    @transaction.atomic
    def cancel(self, *, by: User, reason: str) -> None:
        """End the initiative before its time, and say why."""
        self._step(Status.CANCELLED, "cancelled", by, self.obstacle_to_cancel, reason=reason_given(reason))
        self._ask_no_more(by, f"{self.reference} is cancelled.")

    def _wait_for_report(self, by: User) -> None:
        """From today on the initiative reports: the first time after one cadence."""
        asking.ask_for_check_in(self, due_on=clock.day_of(self.status_since) + timedelta(days=self.cadence_days), by=by)

    def _ask_no_more(self, by: User, reason: str) -> None:
        """Nothing about this initiative is waited for any more."""
        Obligation.objects.excuse(asking.CHECK_IN, self, by=by, reason=reason)
        gated = Milestone.objects.filter(initiative_id=self.pk).exclude(gate=None).select_related("gate")
        asking.no_gate_to_decide((milestone.gate for milestone in gated), by=by, reason=reason)
        for involvement in Involvement.objects.waiting().filter(initiative_id=self.pk):
            Obligation.objects.excuse(asking.ACCEPT, involvement, by=by, reason=reason)
        for asked in BenefitOwner.objects.waiting().filter(initiative=self.pk):
            asked.end(by=by, reason=reason)
        for experiment in Experiment.objects.running().filter(initiative=self.pk):
            Obligation.objects.excuse(asking.CONCLUDE, experiment, by=by, reason=reason)
        BaselineProposal.objects.end_all(self.pk, by=by, reason=reason)

    def _only_from(self, *statuses: str, need: str = "") -> str | None:
        if self.status in statuses:
            return None
        where = " or ".join(Status(status).label.lower() for status in statuses)
        sentence = f"{self.reference} is {self.get_status_display().lower()}; this step is taken from {where}."
        return f"{need}: {sentence}" if need else sentence

    def _step(self, to: Status | None, verb: str, by: User | None, obstacle: Any, reason: str = "", **fields: Any) -> None:
        if to in STOPS or (to == Status.ACTIVE and self.status == Status.PAUSED):
            self.cost_object.lock()  # before the work, as every act that moves money does
        self.lock()
        if said := obstacle(by):
            raise RuleBroken(said)
        if to is not None and to != self.status:
            fields |= {"status": to, "status_since": clock.now()}
        for name, value in fields.items():
            setattr(self, name, value)
        if fields:
            self.save(update_fields=list(fields))
        self.record(verb, by=by, reason=reason)
