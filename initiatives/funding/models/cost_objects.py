"""What money is given to. The room above says what a cost object stands for; the ledger only knows whose it is."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self, Unpack
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core.money import exact
from initiatives.core.rules import BadInput, RuleBroken, Stale, says
from initiatives.funding import above
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.ceilings import judged
from initiatives.funding.models.closed_years import given_back
from initiatives.funding.models.ends import locked_ends, not_enough
from initiatives.funding.models.entrusted import SETTLED, Entrusted
from initiatives.funding.models.figures import ADDS_UP, ROLLUPS, Sums
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Act, More, content_of
from initiatives.funding.models.sharing import moves_of, paying, signature
from initiatives.funding.models.triggers import NEVER_DELETED, STOPPED_WITH_ITS_WORK, kept_by_the_database, never_changes
from initiatives.organization.models import Department, User
from initiatives.organization.purview import SEE_ALL_MONEY, purview


class CostObjectQuerySet(models.QuerySet["CostObject"]):
    def visible_to(self, user: User) -> Self:
        """Those whose amounts the person may see: who owns, leads or carries it, and who answers for the money."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        may = Q(owner=user) | Q(department__in=purview(user))
        if (carried := above.carried_by(user)) is not None:
            may |= Q(pk__in=carried)
        return self.filter(may)

    def with_people(self) -> Self:
        return self.select_related("owner", "department")


class CostObject(Entrusted):
    """Something that can be given money, with an owner and a department. The database keeps its figures.

    `allocated` is all that was given; `committed` (promised) and `spent` (paid) are parts of it; `asked` is what its
    requests ask for that are not decided yet. `held` is what may not be committed yet: the tranches of gates to come; while
    it is `stopped` nothing is. Triggers of the room above keep both, which has the gates and knows of the work.
    """

    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CostObjectQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=ADDS_UP, name=says("cost_object_adds_up", "There is not that much money left.")),
            models.CheckConstraint(
                condition=Q(held=0)
                | Q(held__gt=0, allocated__gte=F("held") + F("committed") + F("spent"))
                | Q(held__gt=0, committed=0, spent=0),
                name=says("gates_hold_money", "So much of this money is held until a gate lets it go."),
            ),
        ]
        triggers: ClassVar = [
            NEVER_DELETED,
            kept_by_the_database(*ROLLUPS, "held", "other_currencies"),
            never_changes("stays_what_it_is", "currency"),
            STOPPED_WITH_ITS_WORK,
        ]

    def __str__(self) -> str:
        return f"Cost object {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funding:cost_object", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save who it belongs to; the figures belong to the database."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = ["owner", "department"]
        super().save(*args, **kwargs)

    def amounts_open_to(self, user: User) -> bool:
        """Whether the person may see the amounts; the same answer as `visible_to`."""
        if not user.is_active:
            return False
        if user.standing.holds(*SEE_ALL_MONEY) or user.pk == self.owner_id:
            return True
        if self.department_id is not None and self.department_id in purview(user):
            return True
        carried = above.carried_by(user)
        return carried is not None and carried.filter(cost_object=self.pk).exists()

    def figures(self) -> list[Sums]:
        """Its figures in each currency in which it was asked or given money, its own first."""
        return [self, *self.foreign.order_by("currency")] if self.other_currencies else [self]

    def open_in(self, currency: str) -> Decimal:
        """What may be promised today in this currency."""
        if currency == self.currency:
            return self.open_to_commit
        there = None if self.held else self.foreign.filter(currency=currency).first()
        return there.uncommitted if there else Decimal(0)

    def natures(self) -> set[str]:
        """The kinds of expenditure that it was given money for."""
        return set(self.accounts.values_list("nature", flat=True))

    # -- acts on money that was given --------------------------------------------------------------------------------------

    def commit(
        self, pool: Pool, amount: Decimal, *, by: User, key: UUID | None = None, memo: str = "", **more: Unpack[More]
    ) -> Journal:
        """Promise allocated money to somebody: an order, a contract."""
        return self._post(Act.COMMITTED, pool, amount, by=by, key=key, memo=memo, **more)

    def decommit(
        self, pool: Pool, amount: Decimal, *, by: User, key: UUID | None = None, memo: str, **more: Unpack[More]
    ) -> Journal:
        """Lower or give up a commitment: what is not paid of it is allocated again, and `memo` says why."""
        return self._post(Act.DECOMMITTED, pool, amount, by=by, key=key, memo=memo, **more)

    @transaction.atomic
    def spend(
        self,
        pool: Pool | None,
        amount: Decimal,
        *,
        by: User,
        key: UUID | None = None,
        memo: str = "",
        shown: str | None = None,
        **more: Unpack[More],
    ) -> Journal:
        """Post an actual: committed money that was paid. Without a pool all that gave pay their shares of it.

        `shown` is the hash of the shares that the form showed; when they are others by now, nothing is posted.
        """
        if pool is not None:
            return self._post(Act.SPENT, pool, amount, by=by, key=key, memo=memo, **more)
        amount, on, currency = exact(amount), more.get("on"), more.get("currency") or self.currency
        self.lock()
        content = content_of("share", cost_object=self.pk, amount=amount, memo=memo, **more)
        if done := Journal.done_before(by, key, content):
            return done
        accounts = Account.objects.locked_of(self, currency)
        day, held = paying(accounts, on, more.get("nature"))
        if obstacle := self.obstacle_to_spend(by, *(account.pool for account in held)):
            raise RuleBroken(obstacle)
        spent = {(account.pool_id, account.nature): account for account in accounts if account.kind == Kind.SPENT}
        moves = moves_of(amount, held, spent, currency)
        parts = [(move.source.pool_id, move.amount) for move in moves]
        if shown is not None and shown != signature(amount, parts):
            raise Stale("The shares changed after you looked at them. Look at them again before you post.")
        kept = self._judged(Act.SPENT, moves, by, more)
        journal = Journal.objects.post(Act.SPENT, moves, by=by, key=key, content=content, memo=memo, on=day, **kept)
        pools = {str(pool): str(sum(part for place, part in parts if place == pool)) for pool, _ in parts}
        self._posted(journal, by, pools=pools, amount=str(amount))
        return journal

    def shares(
        self, amount: Decimal, on: date | None = None, nature: str | None = None, currency: str = ""
    ) -> list[tuple[Pool, Decimal, Decimal]]:
        """Which pool would pay how much of an actual that all share, and what it would have committed and unpaid after it."""
        given = Account.objects.filter(cost_object=self, pool__currency=currency or self.currency)
        accounts = given.select_related("pool__year", "pool__department").order_by("pool_id", "id")
        _, held = paying(accounts, on, nature)
        spent = {(account.pool_id, account.nature): account for account in accounts if account.kind == Kind.SPENT}
        moves = moves_of(amount, held, spent, currency or self.currency)
        return [(move.source.pool, move.amount, move.source.balance - move.amount) for move in moves]

    def release(
        self, pool: Pool, amount: Decimal, *, by: User, key: UUID | None = None, memo: str = "", **more: Unpack[More]
    ) -> Journal:
        """Give allocated money that is not committed back to its pool; of a closed year see closed_years.py."""
        return self._post(Act.RELEASED, pool, amount, by=by, key=key, memo=memo, **more)

    @transaction.atomic
    def _post(
        self, act: Act, pool: Pool, amount: Decimal, *, by: User, key: UUID | None, memo: str, **more: Unpack[More]
    ) -> Journal:
        amount = exact(amount)
        self.lock()
        content = content_of(act, cost_object=self.pk, pool=pool.pk, amount=amount, memo=memo, **more)
        key = key or uuid4()
        ends = locked_ends(act, pool, self, by=by, key=key)
        if ends.done and (done := Journal.done_before(by, key, content)):
            return done
        if obstacle := self._obstacle_to(act, by):
            raise RuleBroken(obstacle)
        if act == Act.DECOMMITTED and not memo.strip():
            raise BadInput("Say why this money is not spent after all.", field="memo")
        if act == Act.RELEASED and ends.year.is_closed:
            return given_back(self, ends, amount, by=by, key=key, content=content, reason=memo, **more)
        if held := self.obstacle_to_use(act, amount, pool.currency):
            raise RuleBroken(held)
        if ends.settled:
            raise RuleBroken(SETTLED.format(by))
        source, target = ends.of(more.get("nature"))
        if source is None or target is None or source.balance < amount:
            raise RuleBroken(not_enough(act, source, pool, amount))
        kept = self._judged(act, [Move(source, target, amount)], by, more)
        journal = Journal.objects.post(
            act, [Move(source, target, amount)], by=by, key=key, content=content, memo=memo, on=more.get("on"), **kept
        )
        self._posted(journal, by, pool=pool.pk, amount=str(amount))
        return journal

    def _judged(self, act: Act, moves: Iterable[Move], by: User, more: More) -> dict[str, Any]:
        parts = [(move.source.pool, move.amount) for move in moves]
        return judged(act, parts, by=by, owner=self.owner_id, because=more.get("because") or "")

    def _posted(self, journal: Journal, by: User, **facts: Any) -> None:
        """Record it; that it was let pass beyond a limit is a decision of its own."""
        self.record(journal.act, by=by, reason=journal.memo, **facts, journal=journal.pk)
        if journal.because:
            self.record("let_pass", by=by, reason=journal.because, **facts, journal=journal.pk)
