"""Who decides a request, and what happens with the last yes: everything is checked again, then the money moves."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.funding import above
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.control import lines_of, obstacle_to_give
from initiatives.funding.models.deciders import Authority
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.natures import UNDIVIDED
from initiatives.funding.models.papers import Approval, RequestLine, State, Step, parts_of
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Act, handles_money
from initiatives.funding.models.seeds import ASK, Seeded
from initiatives.funding.models.sequence import Due, still_may, to_give
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

ANSWER = "funding.answer_question"
DAYS_TO_DECIDE = 5  # working days; of a seed too, whose next in line above decides as well when they are over
DAYS_TO_EXPIRE = 20  # working days; a request that nobody decided by then asks for nothing any more


def _taken_by(due: Due, lines: list[RequestLine]) -> list[RequestLine]:
    """What this approval would take from its pool, or from all."""
    return [line for line in lines if due.pool in (None, line.pool)]


class Deciding(Seeded):
    """Who decides a request, and what the last yes does."""

    class Meta:
        abstract = True

    # -- who decides -----------------------------------------------------------------------------------------------------

    def due(self) -> list[Due]:
        """The approvals that are due now: those of the pools, then each further step in its place, at last that of finance."""
        return to_give(self)

    def sequence(self) -> list[Due]:
        """All approvals that are not given yet, in their order."""
        return to_give(self, ahead=True)

    def due_from(self, person: User, pool: Pool | None = None) -> Due | None:
        """The approval that this person may give now, or None."""
        mine = (due for due in self.due() if person in due.people and (pool is None or due.pool == pool))
        return next(mine, None)

    def obstacle_to_approve(self, by: User, pool: Pool | None = None) -> str | None:
        """Say in one sentence why `by` cannot approve, or None."""
        return self._turn(by, pool)[1]

    def _turn(self, by: User, pool: Pool | None = None) -> tuple[Due | None, str | None]:
        """The approval that is this person's to give now, and what stands in its way."""
        if self.state != State.SUBMITTED:
            return None, f"This request is not waiting for approval; it is {self.get_state_display().lower()}."
        if not handles_money(by):
            return None, "Who administers the product has no say over money."
        if by.pk == self.requester_id:
            return None, "Who asks for money does not approve it."
        if by.pk == self.cost_object.owner_id:
            return None, "Who owns what the money is for does not approve it."
        if self.given().filter(Q(by=by) | Q(on_behalf_of=by)).exists():
            return None, "Nobody approves a request twice."
        waiting = self.due()
        due = next((due for due in waiting if by in due.people and (pool is None or due.pool == pool)), None)
        if due is None:
            who = "; ".join(f"{due}: {', '.join(map(str, due.people)) or 'nobody may'}" for due in waiting)
            over = next((due for due in waiting if by in due.passed and (pool is None or due.pool == pool)), None)
            why = f"Your limit is below {over.amount:,.2f} {over.currency}." if over else "This approval is not yours."
            return None, f"{why} {who}."
        return due, self.kept_out(due) or self.shortage(due, to=by)

    def kept_out(self, due: Due) -> str | None:
        """Say why no money is given for this any more, or None."""
        if said := self.obstacle_to_sow():
            return said
        lines = _taken_by(due, lines_of(self))
        return next((said for line in lines if (said := obstacle_to_give(line.pool, self.cost_object, line.nature))), None)

    def shortage(self, due: Due, *, to: User) -> str | None:
        """Say which pool does not have what this approval would take from it, or None."""
        parts = parts_of(_taken_by(due, self.lines_with_pools()))
        return next((said for pool, amount in parts if (said := pool.shortage(amount, to=to))), None)

    @transaction.atomic
    def approve(self, *, by: User, pool: Pool | None = None, shown: str | None = None, key: UUID | None = None) -> None:
        """Give the approval that is due from `by`; the last one allocates the money, with everything checked again.

        `shown` is the hash that the form carried; when what it showed has changed since, nothing is approved.
        """
        by = User.objects.get(pk=by.pk)  # rights are read anew, whatever this request knew
        if self._begin("approve", by, key, pool=pool and pool.pk, shown=shown):
            return
        if shown is not None and shown != self.shown():
            raise Stale("The request changed after you opened it. Look at it again before you decide.")
        due, obstacle = self._turn(by, pool)
        if due is None or obstacle:
            raise RuleBroken(obstacle or "This approval is not yours.")
        head = due.acting.get(by.pk)
        self._give(due, by, head)
        self.record("approved", by=by, on_behalf_of=head, step=due.step, pool=due.pool and due.pool.pk)
        Obligation.objects.meet(ASK, self, by=by, person=due.people[0])
        if due.step == Step.FINANCE or (self.seed and not self.due()):
            self._allocate(by)
        self.ask_deciders(by=by)

    def _give(self, due: Due, by: User, head: User | None) -> None:
        signed = {"shown": self.shown(), "limit": due.limits.get(by.pk)}
        what = {"step": due.step, "pool": due.pool, "further": due.further}
        Approval.objects.create(request_id=self.pk, **what, by=by, on_behalf_of=head, **signed)

    def _allocate(self, by: User) -> None:
        """Move the money to the cost object. Every approval must still stand: for this content, by these people."""
        current, approvals, authority = self.shown(), list(self.given().select_related("by", "pool")), Authority.read()
        lines = self.lines_with_pools()
        if any(approval.shown != current for approval in approvals):
            raise RuleBroken("What was approved is not what would be allocated; withdraw the request and ask anew.")
        for approval in approvals:
            if {approval.by_id, approval.on_behalf_of_id} & {self.requester_id, self.cost_object.owner_id or 0}:
                raise RuleBroken(f"{approval.by} approved this and is now its requester or owner; withdraw it and ask anew.")
            if not (approval.by.is_active and handles_money(approval.by) and still_may(self, approval, lines, authority)):
                raise RuleBroken(f"{approval.by} approved this and may no longer; withdraw the request and ask anew.")
        for line in lines:
            Account.objects.open_for(line.pool, cost_object=self.cost_object, nature=line.nature)
        parts = parts_of(lines)
        accounts = Account.objects.locked(*(part.pool for part in parts), cost_object=self.cost_object)
        free = {part.pool.pk: accounts[part.pool.pk, Kind.AVAILABLE, UNDIVIDED] for part in parts}
        for pool, amount in parts:
            if shortage := pool.shortage(amount, to=by, free=free[pool.pk].balance):
                raise RuleBroken(shortage)
        moves = [Move(free[line.pool_id], accounts[line.pool_id, Kind.ALLOCATED, line.nature], line.amount) for line in lines]
        self._become(State.ALLOCATED, "allocated", by=by)
        Journal.objects.post(Act.ALLOCATED, moves, by=by, key=None, content=current, request=self)
        above.allocated(self.cost_object, by, seed=self.seed)

    def obstacle_to_decline(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot decline, or None."""
        if self.state != State.SUBMITTED:
            return f"This request is not waiting for approval; it is {self.get_state_display().lower()}."
        if not handles_money(by) or self.due_from(by) is None:
            return "Only those whose approval is due decline a request."
        return None

    @transaction.atomic
    def decline(self, *, by: User, reason: str, key: UUID | None = None) -> None:
        """Refuse the money, with a reason; one refusal decides."""
        by = User.objects.get(pk=by.pk)
        if self._begin("decline", by, key, reason=reason):
            return
        if not reason.strip():
            raise BadInput("Say why the request is declined.")
        if obstacle := self.obstacle_to_decline(by):
            raise RuleBroken(obstacle)
        due = self.due_from(by)
        self._become(State.DECLINED, "declined", by=by, reason=reason)
        if due is not None:
            Obligation.objects.meet(ASK, self, by=by, person=due.people[0])
        self.ask_deciders(by=by)

    def ask_deciders(self, *, by: User | None, days: int = DAYS_TO_DECIDE) -> None:
        """Ask those whose approval is due now, others of the same rank standing in; nobody else is waited for any longer."""
        wanted = {due.people[0]: due for due in reversed(self.due()) if due.people}
        asks = Obligation.objects.about(self)
        asks.exclude(person__in=wanted).excuse(ASK, self, by=by, reason=f"The request is {self.get_state_display().lower()}.")
        if self.state != State.RETURNED:
            Obligation.objects.excuse(ANSWER, self, by=by, reason=f"The request is {self.get_state_display().lower()}.")
        for person, due in wanted.items():
            department = due.pool.department if due.pool else None
            asked = Obligation.objects.open(
                ASK,
                self,
                person=person,
                due_on=working_days_after(person.today(), days, department),
                words=f"Approve request {self.pk}",
                url=self.get_absolute_url(),
                department=department,
                by=by,
            )
            asked.stand_ins.set(due.people[1:])
