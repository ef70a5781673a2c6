"""Virements: money that moves from one pool to another, agreed by both, done in the transaction of the second yes."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self
from uuid import UUID, uuid4

import pgtrigger
from django.db import models, transaction
from django.db.models import Exists, F, Q

from initiatives.core import clock
from initiatives.core.money import exact
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.funding.models.agreeing import AGREE, Agreeing
from initiatives.funding.models.consent_laws import AGREED_BY_BOTH, STILL_WITHIN_AUTHORITY
from initiatives.funding.models.consents import VirementState
from initiatives.funding.models.delegates import Delegation
from initiatives.funding.models.limits import ask_anew
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import content_of, handles_money
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import RoleKind, User
from initiatives.organization.purview import SEE_ALL_MONEY, purview

DAYS_TO_AGREE = 5


class VirementQuerySet(models.QuerySet["Virement"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's own pools, those one proposed, all for those who answer for the company's money."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        leads, stood_for = purview(user), Delegation.objects.in_force().filter(delegate=user).values("department")
        ours = Q(giver__department__in=leads) | Q(taker__department__in=leads)
        acts = Exists(Delegation.objects.company_wide(user, RoleKind.CXO))
        theirs = Q(giver__department__in=stood_for) | Q(taker__department__in=stood_for)
        return self.filter(Q(by=user) | ours | theirs | acts)

    def waiting(self) -> Self:
        return self.filter(state=VirementState.PROPOSED)

    def overdue(self, today: date) -> Self:
        """Proposed, and the day of the answer is over."""
        return self.waiting().filter(agree_by__lt=today)

    def expire_overdue(self) -> None:
        """Close what nobody answered in time, each in a transaction of its own."""
        for virement in self.overdue(clock.today()).with_pools().order_by("pk"):
            virement.expire()

    def with_pools(self) -> Self:
        return self.select_related("by", "giver__department", "giver__year", "taker__department", "taker__year")

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def ask_anew(self, by: User | None) -> None:
        """Ask those who agree by now: somebody's authority began, changed or ended."""
        for virement in self.waiting().with_pools().order_by("pk"):
            with transaction.atomic():
                virement.lock()
                virement.ask_sides(by=by)

    def obstacle_to_propose(self, giver: Pool, taker: Pool, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose to move money between these pools, or None."""
        standing = by.standing
        leads = purview(by)
        if not handles_money(by) or not (
            standing.holds("cxo", "finance") or giver.department_id in leads or taker.department_id in leads
        ):
            return (
                f"Only who leads the department of {giver} or of {taker}, the CXO or finance proposes to move money between them."
            )
        if giver.pk == taker.pk:
            return "Money moves between two different pools."
        if giver.year_id != taker.year_id:
            return f"{giver} and {taker} are of different fiscal years."
        if giver.currency != taker.currency:
            return f"{giver} is kept in {giver.currency}, {taker} in {taker.currency}."
        return None

    @transaction.atomic
    def propose(self, giver: Pool, taker: Pool, amount: Decimal, *, reason: str, by: User, key: UUID | None = None) -> "Virement":
        """Ask both sides to let this amount pass. Who may agree for one of them has done so by proposing.

        That the giver does not have as much is told to who may see its money; for others it comes out when it would move.
        """
        amount = exact(amount)
        giver.lock()
        content = content_of("propose", giver=giver.pk, taker=taker.pk, amount=amount, reason=reason)
        if done := Virement.done_before(by, key, content):
            return done
        if not reason.strip():
            raise BadInput("Say why the money should move.")
        if obstacle := self.obstacle_to_propose(giver, taker, by):
            raise RuleBroken(obstacle)
        if giver.seen_by(by) and (shortage := giver.shortage(amount, to=by)):
            raise RuleBroken(shortage)
        last_day = working_days_after(clock.today(), DAYS_TO_AGREE, giver.department)
        virement = self.create(
            giver=giver, taker=taker, amount=amount, reason=reason, agree_by=last_day, by=by, key=key or uuid4(), content=content
        )
        virement.record("proposed", by=by, reason=reason, amount=str(amount), giver=str(giver), taker=str(taker))
        if mine := virement.missing_from(by):
            virement._agree(mine, by, None)
        virement.ask_sides(by=by)
        return virement


class Virement(Agreeing):
    """One amount that is to leave one pool and enter another, of the same year and currency."""

    objects = VirementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "key"], name=says("one_virement_per_key", "This form was already sent.")),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("moved_amounts_are_positive", "The amount must be greater than zero.")
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name=says("two_different_pools", "Money moves between two different pools.")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="virement_by_state")]
        triggers: ClassVar = [
            NEVER_DELETED,
            AGREED_BY_BOTH,
            STILL_WITHIN_AUTHORITY,
            pgtrigger.FSM(
                name="steps",
                field="state",
                transitions=[(VirementState.PROPOSED, end) for end in VirementState if end != VirementState.PROPOSED],
            ),
        ]

    def seen_by(self, user: User) -> bool:
        """Whether the person may see it; the same answer as `visible_to`."""
        if not user.is_active:
            return False
        return user.pk == self.by_id or self.giver.seen_by(user) or self.taker.seen_by(user) or self.has_delegate(user)

    def has_delegate(self, user: User) -> bool:
        """Whether the person decides today for the head of one of the pools' departments, or for the CXO."""
        places = (self.giver.department_id, self.taker.department_id)
        acts = Q(department__in=[place for place in places if place]) | Q(kind=RoleKind.CXO)
        return Delegation.objects.in_force().filter(acts, delegate=user).exists()

    def obstacle_to_decline(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot decline, or None."""
        if self.state != VirementState.PROPOSED:
            return f"This transfer is {self.get_state_display().lower()} already."
        if not handles_money(by) or self.missing_from(by) is None:
            return "Only a side that has not agreed declines."
        return None

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Refuse it for one side, with a reason; one refusal decides."""
        by = User.objects.get(pk=by.pk)
        self.lock()
        if obstacle := self.obstacle_to_decline(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise BadInput("Say why the transfer is declined.")
        missing = self.missing_from(by)
        if missing is not None:
            Obligation.objects.meet(AGREE, self, by=by, person=missing.people[0])
        self._become(VirementState.DECLINED, "declined", by=by, reason=reason)
        self.ask_sides(by=by)

    def obstacle_to_withdraw(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot take it back, or None."""
        if by.pk != self.by_id:
            return "Only who proposed a transfer takes it back."
        if self.state != VirementState.PROPOSED:
            return f"This transfer is {self.get_state_display().lower()} already."
        return None

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """Take the proposal back."""
        self.lock()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self._become(VirementState.WITHDRAWN, "withdrawn", by=by)
        self.ask_sides(by=by)

    @transaction.atomic
    def expire(self) -> None:
        """Close it when nobody answered in time; again, or too early, it does nothing."""
        self.lock()
        if self.state == VirementState.PROPOSED and self.agree_by < clock.today():
            self._become(VirementState.EXPIRED, "expired", by=None)
            self.ask_sides(by=None)


ask_anew.append(lambda by: Virement.objects.ask_anew(by))
