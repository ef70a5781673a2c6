"""Guardrails: between which shares the money of a year shall go to stages and horizons. Proposed, then confirmed by a CXO."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import RuleBroken, reason_given, says
from initiatives.core.triggers import with_refusals
from initiatives.duties.models import Obligation
from initiatives.funding.models.posting import handles_money
from initiatives.funding.models.proposal_laws import BY_WHO_PROPOSED
from initiatives.funding.models.proposals import ask_a_cxo
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.funding.models.withdrawing import Withdrawable
from initiatives.funding.models.years import FiscalYear
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

CONFIRM_BAND = "funding.confirm_guardrail"


class Share(models.TextChoices):
    """What a band is about: a kind of stage, or a horizon."""

    PRE_SALE = "pre_sale", "Pre-sale stages"
    POST_SALE = "post_sale", "Post-sale stages"
    EMPLOYEE = "employee", "Employee stages"
    HORIZON_1 = "horizon_1", "Horizon 1: what runs today"
    HORIZON_2 = "horizon_2", "Horizon 2: what grows"
    HORIZON_3 = "horizon_3", "Horizon 3: what may come"


class BandState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for the CXO"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Declined"
    REPLACED = "replaced", "Replaced"
    WITHDRAWN = "withdrawn", "Withdrawn"


BANDS_STAY = pgtrigger.Trigger(
    name="bands_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'proposed' THEN REFUSE a_band_is_proposed_first; END IF;
            RETURN NEW;
        END IF;
        IF (NEW.year_id, NEW.share, NEW.low, NEW.high, NEW.by_id) IS DISTINCT FROM
                (OLD.year_id, OLD.share, OLD.low, OLD.high, OLD.by_id)
            OR (OLD.state, NEW.state) NOT IN (
                ('proposed', 'confirmed'), ('proposed', 'declined'), ('proposed', 'withdrawn'), ('confirmed', 'replaced'))
        THEN REFUSE a_band_stays;
        END IF;
        IF NEW.state = 'withdrawn' AND NEW.decided_by_id <> NEW.by_id THEN REFUSE withdrawn_by_who_proposed; END IF;
        IF NEW.state = 'confirmed' AND (NEW.decided_by_id = NEW.by_id OR NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.decided_by_id AND role.kind = 'cxo' AND (role.ends IS NULL OR role.ends > role.starts)))
        THEN REFUSE a_band_is_confirmed_by_a_cxo;
        END IF;
        RETURN NEW;
    """,
        withdrawn_by_who_proposed=BY_WHO_PROPOSED,
        a_band_is_proposed_first="A guardrail is proposed before it is confirmed.",
        a_band_stays="A guardrail is not edited; another one takes its place.",
        a_band_is_confirmed_by_a_cxo="A guardrail holds when a CXO confirms it who did not propose it.",
    ),
)


def may_propose(user: User) -> bool:
    """Finance and the CXO propose guardrails; who administers the product has no say over money."""
    return handles_money(user) and user.standing.holds("finance", "cxo")


class GuardrailQuerySet(models.QuerySet["Guardrail"]):
    def visible_to(self, user: User) -> Self:
        """Who answers for the company's money."""
        return self if user.is_active and user.standing.holds(*SEE_ALL_MONEY) else self.none()

    def waiting(self) -> Self:
        return self.filter(state=BandState.PROPOSED)

    def in_force(self) -> Self:
        return self.filter(state=BandState.CONFIRMED)

    @transaction.atomic
    def propose(self, *, by: User, year: FiscalYear, share: str, low: int, high: int, reason: str) -> "Guardrail":
        """Write down between which percents a share shall lie; a CXO is asked to confirm it."""
        by.lock()
        if not may_propose(by):
            raise RuleBroken("Only finance and the CXO propose guardrails.")
        if low > high:
            raise RuleBroken("The least is not above the most.")
        if self.waiting().filter(year=year, share=share).exists():
            raise RuleBroken("A guardrail for it waits for the CXO already.")
        band = self.create(year=year, share=share, low=low, high=high, reason=reason_given(reason), by=by)
        band.record("proposed", by=by, reason=band.reason, **band.facts())
        ask_a_cxo(CONFIRM_BAND, band, f"Confirm guardrail {band.pk}", band.get_absolute_url(), by=by)
        return band


class Guardrail(Withdrawable):
    """Between which percents of what is allocated in a year one share shall lie."""

    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="guardrails")
    share = models.CharField(max_length=10, choices=Share)
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=BandState, default=BandState.PROPOSED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = GuardrailQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share__in=Share.values, low__lte=F("high"), high__lte=100),
                name=says("a_band_of_percents", "A guardrail is from a least to a most percent, 0 to 100."),
            ),
            models.UniqueConstraint(
                fields=["year", "share", "state"],
                condition=Q(state__in=(BandState.PROPOSED, BandState.CONFIRMED)),
                name=says("one_band_a_share", "There is such a guardrail for it in this year already."),
            ),
            models.CheckConstraint(
                condition=Q(state=BandState.PROPOSED, decided_by=None)
                | (~Q(state=BandState.PROPOSED) & Q(decided_by__isnull=False)),
                name=says("band_decided_by_somebody", "A guardrail is confirmed or declined by somebody."),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, BANDS_STAY]

    def __str__(self) -> str:
        return f"{self.get_share_display()}, {self.low} to {self.high} %"

    def get_absolute_url(self) -> str:
        return reverse("funding:guardrails", args=[self.year_id])

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {"year": self.year_id, "share": self.share, "low": self.low, "high": self.high}

    def obstacle_to_decide(self, by: User) -> str | None:
        """Say in one sentence why `by` can neither confirm nor decline it, or None."""
        if self.state != BandState.PROPOSED:
            return f"This guardrail is {self.get_state_display().lower()} already."
        if not (handles_money(by) and by.standing.holds("cxo")):
            return "Only the CXO confirms guardrails."
        return "Who proposed a guardrail does not confirm it." if by.pk == self.by_id else None

    @transaction.atomic
    def confirm(self, *, by: User) -> None:
        """Let it hold from now on; the one that held until now is replaced."""
        self.lock()
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        for former in Guardrail.objects.in_force().filter(year=self.year_id, share=self.share):
            former.lock()
            former._become(BandState.REPLACED, "replaced", by=by)
        self._decide(BandState.CONFIRMED, "confirmed", by=by)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, with a reason."""
        self.lock()
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        self._decide(BandState.DECLINED, "declined", by=by, reason=reason_given(reason))

    def taken_back(self, by: User, reason: str) -> None:
        self._decide(BandState.WITHDRAWN, "withdrawn", by=by, reason=reason)

    def _decide(self, state: BandState, verb: str, *, by: User, reason: str = "") -> None:
        self.decided_by, self.decided_at = by, clock.now()
        self._become(state, verb, by=by, reason=reason)
        Obligation.objects.meet(CONFIRM_BAND, self, by=by)

    def _become(self, state: BandState, verb: str, *, by: User, reason: str = "") -> None:
        self.state = state
        self.save(update_fields=["state", "decided_by", "decided_at"])
        self.record(verb, by=by, reason=reason, **self.facts())
