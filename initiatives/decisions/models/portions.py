"""What a round is about, one ballot of it for each department, and what each ballot gives to each candidate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.days import written
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.core.triggers import with_refusals
from initiatives.duties.models import Obligation
from initiatives.journey.models.charter_votes import answers_for
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import Initiative
from initiatives.portfolio.models.belonging import BelongingQuerySet

DIVIDE = "decisions.divide"
ROUND = "COALESCE(NEW.round_id, OLD.round_id)"
ROUND_OF_BALLOT = "(SELECT round_id FROM decisions_roundballot WHERE id = COALESCE(NEW.ballot_id, OLD.ballot_id))"


def only_while_open(round_id: str = ROUND) -> pgtrigger.Trigger:
    """Refuse any change of rows whose round is closed; `round_id` is its id, in SQL."""
    return pgtrigger.Trigger(
        name="only_while_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=with_refusals(
            f"""
            IF (SELECT state FROM decisions_round WHERE id = {round_id}) IS DISTINCT FROM 'open' THEN
                REFUSE round_stays_as_divided;
            END IF;
            RETURN COALESCE(NEW, OLD);
            """,  # noqa: S608 - our own words
            round_stays_as_divided="This round is closed and stays as it is.",
        ),
    )


WITHIN_THE_AMOUNT = pgtrigger.Trigger(
    name="within_the_amount",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        PERFORM FROM decisions_roundballot WHERE id = NEW.ballot_id FOR NO KEY UPDATE;
        IF NOT EXISTS (
            SELECT FROM decisions_roundballot ballot JOIN decisions_roundcandidate candidate USING (round_id)
            WHERE ballot.id = NEW.ballot_id AND candidate.id = NEW.candidate_id)
        THEN REFUSE portion_of_its_own_round;
        END IF;
        IF (SELECT sum(amount) FROM decisions_portion WHERE ballot_id = NEW.ballot_id)
            > (SELECT cap FROM decisions_round JOIN decisions_roundballot ballot ON round_id = decisions_round.id
               WHERE ballot.id = NEW.ballot_id)
        THEN REFUSE ballot_within_its_amount;
        END IF;
        RETURN NULL;
        """,
        portion_of_its_own_round="This initiative is not in the round.",
        ballot_within_its_amount="This is more than a department may divide.",
    ),
)


class RoundCandidateQuerySet(BelongingQuerySet["RoundCandidate"]):
    def in_order(self) -> Self:
        return self.order_by("position")


class RoundCandidate(models.Model):
    """An initiative that a round is about, and who led it when the round was opened: whose own it is stays so."""

    round = models.ForeignKey("decisions.Round", models.PROTECT, related_name="candidates")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    lead_department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    objects = RoundCandidateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "initiative"], name=says("in_a_round_once", "An initiative stands in a round once.")
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, only_while_open()]

    def __str__(self) -> str:
        return f"{self.initiative_id} in {self.round_id}"


class RoundBallotQuerySet(models.QuerySet["RoundBallot"]):
    def waiting(self) -> Self:
        """Of an open round, and not cast."""
        return self.filter(round__state="open", cast_at=None)

    def visible_to(self, user: User) -> Self:
        """Which departments cast theirs is open to everybody with a role; what they gave follows its initiative."""
        return self if user.is_active and user.standing.anywhere else self.none()


class RoundBallot(Recorded):
    """How one department divides the amount. It may be changed until the last day; each change is an event."""

    round = models.ForeignKey("decisions.Round", models.PROTECT, related_name="ballots")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    cast_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cast_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    objects = RoundBallotQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "department"],
                name=says("one_round_ballot_each", "This department has its ballot in the round already."),
            ),
            models.CheckConstraint(
                condition=Q(cast_at=None, cast_by=None, version=0)
                | Q(cast_at__isnull=False, cast_by__isnull=False, version__gte=1),
                name=says("ballot_cast_by_somebody", "A department’s ballot is cast by somebody."),
            ),
        ]
        triggers: ClassVar = [
            only_while_open(),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="of_one_department", fields=["round", "department"]),
        ]

    def __str__(self) -> str:
        return f"{self.department} in {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("decisions:ballot", args=[self.round_id, self.department_id])

    def may_divide(self, user: User) -> bool:
        """Head and deputies; for a department that has neither, those of the nearest one above."""
        return user.standing.heads_department(self.department_id) or self.department_id in answers_for(user)

    def ask(self, *, by: User) -> None:
        """Ask who decides in the department today, its deputies standing in."""
        Obligation.objects.open_for(
            self.department.deciders(),
            DIVIDE,
            self,
            due_on=self.round.closes_on,
            words=f"Divide an amount in round {self.round_id}",
            url=self.get_absolute_url(),
            department=self.department,
            by=by,
        )

    def obstacle_to_divide(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot divide the amount for this department, or None."""
        if by is not None and not self.may_divide(by):
            return f"Only the head of {self.department} or a deputy divides for {self.department}."
        if self.round.state != "open":
            return f"{self.round} is closed."
        if self.round.closes_on < today():
            return f"The last day of {self.round} was {written(self.round.closes_on)}."
        given = self.portions.values("candidate")
        if by is not None and given.exclude(candidate__in=self.round.candidates.visible_to(by)).exists():
            return "This ballot gives to an initiative that you may not see; who may see it changes the ballot."
        return None

    @transaction.atomic
    def divide(self, amounts: Mapping[int, Decimal], *, version: int, by: User) -> None:
        """Give these amounts to candidates (by id), and nothing to the others; what the ballot gave before is replaced."""
        self.round.lock()
        self.lock(version=version)
        if obstacle := self.obstacle_to_divide(by):
            raise RuleBroken(obstacle)
        given = {pk: exact(amount) for pk, amount in amounts.items()}
        self._check(given, by)
        before = dict(self.portions.values_list("candidate_id", "amount"))
        self.portions.exclude(candidate__in=given).delete()
        Portion.objects.bulk_create(
            [Portion(ballot=self, candidate_id=pk, amount=amount) for pk, amount in given.items()],
            update_conflicts=True,
            unique_fields=["ballot", "candidate"],
            update_fields=["amount"],
        )
        self.cast_by, self.cast_at, self.version = by, clock.now(), self.version + 1
        self.save(update_fields=["cast_by", "cast_at", "version"])
        changed = {str(pk): [before.get(pk), given.get(pk)] for pk in sorted(before.keys() | given.keys())}
        self.record("divided", by=by, portions=changed)
        Obligation.objects.meet(DIVIDE, self, by=by)

    def _check(self, given: Mapping[int, Decimal], by: User) -> None:
        """Of what `by` may see, not more than the amount, and not less than the least.

        What goes to confidential initiatives does not count for the least: else the sums that everybody reads would say
        how much is missing in them.
        """
        seen = dict(self.round.candidates.visible_to(by).values_list("pk", "initiative__confidential"))
        if not given.keys() <= seen.keys():
            raise BadInput("This initiative is not in the round.")
        if (total := sum(given.values(), Decimal(0))) > self.round.cap:
            raise BadInput(f"You divided {total:,}; a department has {self.round.cap:,} to divide.")
        if sum((amount for pk, amount in given.items() if not seen[pk]), Decimal(0)) < self.round.minimum:
            raise BadInput(f"Give at least {self.round.minimum:,} to initiatives that everybody may see.")


class Portion(models.Model):
    """What one ballot gives to one candidate. Part of the ballot, so it may change and go while the round is open."""

    ballot = models.ForeignKey(RoundBallot, models.PROTECT, related_name="portions")
    candidate = models.ForeignKey(RoundCandidate, models.PROTECT, related_name="portions")
    amount = AmountColumn()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ballot", "candidate"], name=says("one_portion_each", "A ballot gives to an initiative once.")
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name=says("portion_above_zero", "A portion is greater than zero.")),
        ]
        triggers: ClassVar = [only_while_open(ROUND_OF_BALLOT), WITHIN_THE_AMOUNT]

    def __str__(self) -> str:
        return f"{self.amount} for {self.candidate_id}"
