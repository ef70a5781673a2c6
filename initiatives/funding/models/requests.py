"""Requests for money: asked by one person, approved by others, allocated in the transaction of the last approval."""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from initiatives.core import clock
from initiatives.core.money import exact
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding import above
from initiatives.funding.models.authority import STILL_WITHIN_AUTHORITY
from initiatives.funding.models.control import WITHIN_CONTROL, obstacle_to_ask, obstacle_to_give
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.deciding import DAYS_TO_EXPIRE
from initiatives.funding.models.delegates import Delegation
from initiatives.funding.models.limits import ask_anew
from initiatives.funding.models.papers import Receipt, RequestLine, State
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import content_of, handles_money
from initiatives.funding.models.question_laws import RETURNED_WITH_A_QUESTION
from initiatives.funding.models.request_laws import KEEP_ASKED, LEGAL_STEPS
from initiatives.funding.models.returning import Returning
from initiatives.funding.models.seed_laws import SEED_WITHIN_LIMIT
from initiatives.funding.models.seeds import ASK
from initiatives.funding.models.step_laws import STEPS_IN_FORCE
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.journey.charter import obstacle_to_fund
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY, purview


class FundingRequestQuerySet(models.QuerySet["FundingRequest"]):
    def visible_to(self, user: User) -> Self:
        """One's own, those on departments that the person leads, all for those who answer for the company's money."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        leads = purview(user)
        ours = RequestLine.objects.filter(request=OuterRef("pk"), pool__department__in=leads)
        stood_for = Delegation.objects.in_force().filter(delegate=user).values("department")
        theirs = RequestLine.objects.filter(request=OuterRef("pk"), pool__department__in=stood_for)
        acts = Exists(Delegation.objects.company_wide(user))
        submitted = (Q(Exists(ours)) | Q(Exists(theirs)) | acts) & ~Q(state=State.DRAFT)
        return self.filter(Q(requester=user) | Q(cost_object__department__in=leads) | submitted)

    def waiting(self) -> Self:
        return self.filter(state=State.SUBMITTED)

    def undecided(self) -> Self:
        """Submitted or returned: their money is asked for."""
        return self.filter(state__in=(State.SUBMITTED, State.RETURNED))

    def expire_overdue(self) -> None:
        """Close what nobody decided or answered in time, each in a transaction of its own."""
        for request in self.undecided().filter(expires_on__lt=clock.today()).with_people().order_by("pk"):
            request.expire()

    def waiting_for(self, user: User) -> Self:
        """Those that this person, or this person as a stand-in, is asked to decide."""
        asks = Obligation.objects.open_now().filter(kind=ASK).asked_of(user)
        apart = self.waiting().exclude(requester=user).exclude(cost_object__owner=user)
        return apart.exclude(approvals__by=user).exclude(approvals__on_behalf_of=user).filter(pk__in=asks.values("subject_id"))

    def with_people(self) -> Self:
        return self.select_related("requester", "cost_object__owner", "cost_object__department")

    def with_lines(self) -> Self:
        return self.prefetch_related("lines")

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def ask_anew(self, by: User | None) -> None:
        """Ask those who decide by now: somebody's authority began, changed or ended."""
        for request in self.waiting().order_by("pk"):
            with transaction.atomic():
                request.lock()
                request.ask_deciders(by=by)

    @transaction.atomic
    def draft(
        self,
        cost_object: CostObject,
        *,
        lines: Iterable[tuple[Pool, Decimal] | tuple[Pool, Decimal, str]],
        purpose: str,
        by: User,
        key: UUID | None = None,
        seed: bool = False,
    ) -> "FundingRequest":
        """Write down a request for money from these pools; nobody is asked before it is submitted.

        A line may say which kind of expenditure it is, one for each kind that is asked of a pool; a pool that pays one kind only
        gives that. A `seed` goes the short way.
        """
        wanted = [(pool, exact(amount), nature[0] if nature else pool.nature) for pool, amount, *nature in lines]
        cost_object.lock()
        content = content_of(
            "draft", cost_object=cost_object.pk, purpose=purpose, seed=seed, lines=[[pool.pk, *what] for pool, *what in wanted]
        )
        if done := Receipt.done_before(by, key, content):
            return done.request
        if not above.may_ask(by, cost_object):
            raise RuleBroken("Only the owner, the department's head or the CXO asks for money here.")
        if not wanted or not purpose.strip():
            raise BadInput("Say what the money is for, and how much from at least one pool.")
        if len(currencies := sorted({pool.currency for pool, *_ in wanted})) > 1:
            raise BadInput(f"A request is in one currency: ask for {' and '.join(currencies)} apart.")
        if len({(pool.pk, nature) for pool, _, nature in wanted}) < len(wanted):
            raise BadInput("Each pool is asked once for each kind of expenditure; add the amounts up.")
        if said := next((said for pool, _, nature in wanted if (said := obstacle_to_give(pool, cost_object, nature))), None):
            raise RuleBroken(said)
        facts = {"purpose": purpose, "seed": seed, "currency": currencies[0]}
        request = self.create(cost_object=cost_object, requester=by, **facts)
        for pool, amount, nature in sorted(wanted, key=lambda line: (line[0].pk, line[2])):
            RequestLine.objects.create(request=request, pool=pool, amount=amount, nature=nature)
        if seed and (said := request.obstacle_to_seed()):
            raise RuleBroken(said)
        request._receipt("drafted", by, key, content)
        request.record("drafted", by=by, total=str(sum(amount for _, amount, _ in wanted)))
        return request


class FundingRequest(Returning):
    """What one person asks for a cost object from one or several pools.

    Approvals sign a hash of what was shown. Nothing can be edited after the submission: withdraw it, and ask anew.
    """

    objects = FundingRequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="request_by_state")]
        triggers: ClassVar = [
            NEVER_DELETED,
            LEGAL_STEPS,
            KEEP_ASKED,
            STEPS_IN_FORCE,
            STILL_WITHIN_AUTHORITY,
            WITHIN_CONTROL,
            RETURNED_WITH_A_QUESTION,
            SEED_WITHIN_LIMIT,
        ]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines.all()), Decimal(0))

    def seen_by(self, user: User) -> bool:
        """Whether the person may see the request; the same answer as `visible_to`."""
        if not user.is_active:
            return False
        if user.standing.holds(*SEE_ALL_MONEY) or user.pk == self.requester_id:
            return True
        leads = purview(user)
        if self.cost_object.department_id in leads:
            return True
        if self.state != State.DRAFT and self.asked_lines().filter(pool__department__in=leads).exists():
            return True
        return self.state != State.DRAFT and self.has_delegate(user)

    def has_delegate(self, user: User) -> bool:
        """Whether the person decides for the head of one of the pools' departments (or above), the CXO or finance today."""
        pools = self.asked_lines().values("pool__department", "pool__department__parent")
        places = {place for line in pools for place in line.values()}
        acts = Q(department__in=places - {None}) | Q(department=None)
        return Delegation.objects.in_force().filter(acts, delegate=user).exists()

    def could_be_decided_by(self, user: User) -> bool:
        """Whether the person is of those who decide requests like this one, and not its requester or owner."""
        if not handles_money(user) or user.pk in (self.requester_id, self.cost_object.owner_id):
            return False
        signs = ("ceo",) if any(step["signer"] in ("cxo", "ceo") for step in self.steps) else ()  # the CEO for the CXO too
        if user.standing.holds("finance", "cxo", *signs):
            return True
        return self.asked_lines().filter(pool__department__in=purview(user)).exists() or self.has_delegate(user)

    def obstacle_to_submit(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot submit the request, or None."""
        if by.pk != self.requester_id or not handles_money(by):
            return "Only who drafted a request submits it."
        if self.state != State.DRAFT:
            return "This request was submitted already."
        if not above.may_ask(by, self.cost_object):
            return "You may no longer ask for money here."
        lacks = self.obstacle_to_seed() if self.seed else above.case_lacks(self.cost_object)  # a test comes before the case
        return obstacle_to_fund() or lacks or obstacle_to_ask(self)

    @transaction.atomic
    def submit(self, *, by: User, key: UUID | None = None) -> None:
        """Ask for the money: from now on the deciders are waited for."""
        if self._begin("submit", by, key):
            return
        self._lock_pools()
        if obstacle := self.obstacle_to_submit(by):
            raise RuleBroken(obstacle)
        self.expires_on = working_days_after(clock.today(), DAYS_TO_EXPIRE)
        self.submitted_on = clock.company_day()
        self._become(State.SUBMITTED, "submitted", by=by)
        self.refresh_from_db(fields=["steps"])
        self.ask_deciders(by=by)

    def obstacle_to_withdraw(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot take the request back, or None."""
        if by.pk != self.requester_id:
            return "Only who asked takes a request back."
        if self.state not in (State.DRAFT, State.SUBMITTED, State.RETURNED):
            return f"This request is {self.get_state_display().lower()} and cannot be taken back."
        return None

    @transaction.atomic
    def withdraw(self, *, by: User, key: UUID | None = None) -> None:
        """Take the request back; nobody is waited for any longer."""
        if self._begin("withdraw", by, key):
            return
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self._become(State.WITHDRAWN, "withdrawn", by=by)
        self.ask_deciders(by=by)


ask_anew.append(lambda by: FundingRequest.objects.ask_anew(by))
