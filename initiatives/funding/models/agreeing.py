"""Who agrees to a transfer between pools, and what the second yes does: everything is checked again, then the money moves."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn
from initiatives.core.rules import RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.consents import Consent, Missing, Side, VirementState
from initiatives.funding.models.deciders import Authority, holders
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.natures import UNDIVIDED
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Act, Keyed, content_of, handles_money
from initiatives.organization.models import User

AGREE = "funding.agree_virement"


def both(consents: Iterable[Consent]) -> set[int]:
    """The ids of who agreed and for whom: neither agrees for the other side."""
    return {person for one in consents for person in (one.by_id, one.on_behalf_of_id) if person}


class Agreeing(Keyed, Recorded):
    """What is to move from which pool to which, who agrees, and what the second yes does."""

    giver = models.ForeignKey(Pool, models.PROTECT, related_name="given_virements")
    taker = models.ForeignKey(Pool, models.PROTECT, related_name="taken_virements")
    amount = AmountColumn()
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=VirementState, default=VirementState.PROPOSED)
    agree_by = models.DateField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Transfer {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funding:virement", args=[self.pk])

    def shown(self) -> str:
        """The hash of what a side is shown."""
        return content_of(
            "agree", virement=self.pk, giver=self.giver_id, taker=self.taker_id, amount=self.amount, reason=self.reason
        )

    def given(self) -> models.QuerySet[Consent]:
        return Consent.objects.filter(virement_id=self.pk)

    # -- who agrees ----------------------------------------------------------------------------------------------------

    def missing(self) -> list[Missing]:
        """The sides that have not agreed. Nobody agrees for both."""
        if self.state != VirementState.PROPOSED:
            return []
        given, authority = list(self.given()), Authority.read()
        apart, agreed = both(given), {consent.side for consent in given}
        return [
            Missing(side, pool, *holders(pool, self.amount, authority, without=apart))
            for side, pool in ((Side.GIVER, self.giver), (Side.TAKER, self.taker))
            if side not in agreed
        ]

    def missing_from(self, person: User) -> Missing | None:
        """The side that this person may agree for now, or None."""
        return next((missing for missing in self.missing() if person in missing.people), None)

    def obstacle_to_agree(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot agree, or None."""
        return self._turn(by)[1]

    def _turn(self, by: User) -> tuple[Missing | None, str | None]:
        """The side that `by` may agree for now, and what stands in the way.

        Whether the giver has the money is looked at by the giver's side and by the last yes, which would move it.
        """
        if self.state != VirementState.PROPOSED:
            return None, f"This transfer is {self.get_state_display().lower()} already."
        if not handles_money(by):
            return None, "Who administers the product has no say over money."
        if self.given().filter(Q(by=by) | Q(on_behalf_of=by)).exists():
            return None, "Nobody agrees for both sides."
        waiting = self.missing()
        mine = next((missing for missing in waiting if by in missing.people), None)
        if mine is None:
            over = any(by in missing.passed for missing in waiting)
            why = f"Your limit is below {self.amount:,.2f} {self.giver.currency}." if over else "This answer is not yours."
            return None, f"{why} {'; '.join(map(str, waiting))}."
        asks_the_giver = mine.side == Side.GIVER or len(waiting) == 1
        return mine, self.giver.shortage(self.amount, to=by) if asks_the_giver else None

    @transaction.atomic
    def agree(self, *, by: User, shown: str | None = None, key: UUID | None = None) -> None:
        """Say yes for one side; the second yes moves the money, with everything checked again."""
        by = User.objects.get(pk=by.pk)  # rights are read anew, whatever this request knew
        self.lock()
        content = content_of("agree", virement=self.pk, shown=shown)
        if Consent.done_before(by, key, content):
            return
        if shown is not None and shown != self.shown():
            raise Stale("The transfer changed after you opened it. Look at it again before you agree.")
        for pool in sorted((self.giver, self.taker), key=lambda pool: pool.pk):
            pool.lock()
        missing, obstacle = self._turn(by)
        if missing is None or obstacle:
            raise RuleBroken(obstacle or "This answer is not yours.")
        self._agree(missing, by, key, content)
        if not self.missing():
            self._make(by)
        self.ask_sides(by=by)

    def _agree(self, missing: Missing, by: User, key: UUID | None, content: str = "") -> None:
        head = missing.acting.get(by.pk)
        signed = {"shown": self.shown(), "on_behalf_of": head, "limit": missing.limits.get(by.pk)}
        Consent.objects.create(virement_id=self.pk, side=missing.side, by=by, key=key or uuid4(), content=content, **signed)
        self.record("agreed", by=by, on_behalf_of=head, side=missing.side, pool=str(missing.pool))
        Obligation.objects.meet(AGREE, self, by=by, person=missing.people[0])

    def _make(self, by: User) -> None:
        """Move the money: out of the giver to its source, from the taker's source into the taker. Both may agree still."""
        authority, consents = Authority.read(), list(self.given().select_related("by"))
        for consent in consents:
            pool = self.giver if consent.side == Side.GIVER else self.taker
            others = both(other for other in consents if other != consent)
            line = holders(pool, self.amount, authority, without=others)
            head = line.acting.get(consent.by_id)
            same = (head.pk if head else None) == consent.on_behalf_of_id
            if not (consent.by.is_active and consent.by in line.people and same):
                raise RuleBroken(f"{consent.by} agreed to this and may no longer; withdraw it and propose it anew.")
            if consent.shown != self.shown():
                raise RuleBroken("What was agreed to is not what would move; withdraw it and propose it anew.")
        accounts = Account.objects.locked(*sorted((self.giver, self.taker), key=lambda pool: pool.pk))
        available = accounts[self.giver_id, Kind.AVAILABLE, UNDIVIDED]
        if shortage := self.giver.shortage(self.amount, to=by, free=available.balance):
            raise RuleBroken(shortage)
        moves = [
            Move(available, accounts[self.giver_id, Kind.SOURCE, UNDIVIDED], self.amount),
            Move(
                accounts[self.taker_id, Kind.SOURCE, UNDIVIDED], accounts[self.taker_id, Kind.AVAILABLE, UNDIVIDED], self.amount
            ),
        ]
        self._become(VirementState.MADE, "made", by=by)
        Journal.objects.post(Act.TRANSFERRED, moves, by=by, key=None, content=self.shown(), virement=self, memo=self.reason[:300])

    # -- beats that the acts share -------------------------------------------------------------------------------------

    def ask_sides(self, *, by: User | None) -> None:
        """Ask those whose yes is missing, others of the same rank standing in; nobody else is waited for any longer."""
        wanted = [missing for missing in self.missing() if missing.people]
        kept = [missing.people[0] for missing in wanted]
        asks = Obligation.objects.about(self).exclude(person__in=kept)
        asks.excuse(AGREE, self, by=by, reason=f"The transfer is {self.get_state_display().lower()}.")
        for missing in wanted:
            Obligation.objects.open_for(
                missing.people,
                AGREE,
                self,
                due_on=self.agree_by,
                words=f"Agree to transfer {self.pk} between pools",
                url=self.get_absolute_url(),
                department=missing.pool.department,
                by=by,
            )

    def _become(self, state: VirementState, verb: str, *, by: User | None, reason: str = "") -> None:
        self.state, self.decided_at = state, clock.now()
        self.save(update_fields=["state", "decided_at"])
        self.record(verb, by=by, reason=reason, amount=str(self.amount))
