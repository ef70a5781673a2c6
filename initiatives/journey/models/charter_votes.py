"""What is voted on, one ballot for each department, and one vote for each item on it."""

from collections.abc import Mapping
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.days import written
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.organization.models import Department, Role, User
from initiatives.organization.models.roles import STEWARDS, today

VOTE = "journey.vote_charter"
NO_LONGER = "The charter is no longer voted on."

says("charter_stays_as_voted", NO_LONGER)


OF_ROW = "COALESCE(NEW.version_id, OLD.version_id)"
OF_BALLOT = "(SELECT version_id FROM journey_ballot WHERE id = COALESCE(NEW.ballot_id, OLD.ballot_id))"


def only_while(state: str, version: str = OF_ROW) -> pgtrigger.Trigger:
    """Refuse any change of rows whose version of the charter is not in this state; `version` is its id, in SQL."""
    return pgtrigger.Trigger(
        name=f"only_while_{state}",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF (SELECT state FROM journey_charterversion WHERE id = {version}) IS DISTINCT FROM '{state}' THEN
                RAISE EXCEPTION '{NO_LONGER}' USING ERRCODE = 'check_violation', CONSTRAINT = 'charter_stays_as_voted';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,  # noqa: S608 - our own words
    )


class ItemKind(models.TextChoices):
    STAGE = "stage", "Candidate stage"
    METRIC = "metric", "Shared metric"
    PRINCIPLE = "principle", "Principle"


class Choice(models.TextChoices):
    IN = "in", "In"
    OUT = "out", "Out"
    ABSTAIN = "abstain", "Abstain"


class CharterItem(models.Model):
    """One sentence that is in the charter or not. Part of the draft until the vote is opened, and fixed from then on."""

    version = models.ForeignKey("journey.CharterVersion", models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=ItemKind)
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "kind", "text"], name=says("charter_item_once", "This is proposed already.")
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ItemKind.values), name=says("charter_item_kind", "There is no such kind of item.")
            ),
        ]
        triggers: ClassVar = [only_while("draft")]

    def __str__(self) -> str:
        return self.text


def answers_for(user: User) -> set[int]:
    """The departments that this person answers for: as head or deputy, or because nobody stands between. Two queries at most."""
    if not user.standing.heads:
        return set()
    led = set(Role.objects.current().held_by_the_active().filter(kind__in=STEWARDS).values_list("department_id", flat=True))
    above = Department.objects.parents()

    def nearest(pk: int | None) -> int | None:
        while pk is not None and pk not in led:
            pk = above[pk]
        return pk

    return {pk for pk in above if nearest(pk) in user.standing.heads}


class BallotQuerySet(models.QuerySet["Ballot"]):
    def waiting(self) -> Self:
        """Of a vote that runs, and not cast."""
        return self.filter(version__state="voting", voted_at=None)

    def visible_to(self, user: User) -> Self:
        """How a department votes is open to everybody with a role."""
        return self if user.is_active and user.standing.anywhere else self.none()


class Ballot(Recorded):
    """One department's say on one version. Votes may be changed until the vote closes; each change is an event."""

    version = models.ForeignKey("journey.CharterVersion", models.PROTECT, related_name="ballots")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    voted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    voted_at = models.DateTimeField(null=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "department"], name=says("one_ballot_each", "This department has its ballot already.")
            ),
            models.CheckConstraint(
                condition=Q(voted_at=None, voted_by=None) | Q(voted_at__isnull=False, voted_by__isnull=False),
                name=says("voted_by_somebody", "A department votes through somebody."),
            ),
        ]
        triggers: ClassVar = [only_while("voting")]

    def __str__(self) -> str:
        return f"{self.department} on {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("journey:charter_vote", args=[self.version.number, self.department_id])

    def may_vote(self, user: User) -> bool:
        """Head and deputies; for a department that has neither, those of the nearest one above."""
        return user.standing.heads_department(self.department_id) or self.department_id in answers_for(user)

    def ask(self, *, by: User | None) -> None:
        """Ask who decides in the department today, its deputies standing in; nobody else is waited for."""
        deciders = self.department.deciders()
        asked = Obligation.objects.open_now().about(self)
        asked.exclude(person__in=deciders[:1]).excuse(VOTE, self, by=by, reason="Somebody else answers for the department.")
        if self.version.closes_on is not None:
            Obligation.objects.open_for(
                deciders,
                VOTE,
                self,
                due_on=self.version.closes_on,
                words=f"Vote on charter version {self.version.number}",
                url=self.get_absolute_url(),
                department=self.department,
                by=by,
            )

    def obstacle_to_vote(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot vote for this department, or None."""
        if by is not None and not self.may_vote(by):
            return f"Only the head of {self.department} or a deputy votes for {self.department}."
        if self.version.state != "voting" or self.version.closes_on is None:
            return f"{self.version} is not being voted on."
        return None if today() <= self.version.closes_on else f"The last day to vote was {written(self.version.closes_on)}."

    @transaction.atomic
    def vote(self, choices: Mapping[int, str], *, by: User) -> None:
        """Say in, out or abstain to each item (by its id); an earlier vote of the department is replaced."""
        self.version.lock()
        self.lock()
        if obstacle := self.obstacle_to_vote(by):
            raise RuleBroken(obstacle)
        items = list(self.version.items.order_by("position").values_list("pk", flat=True))
        if set(choices) != set(items) or not set(choices.values()) <= set(Choice.values):
            raise BadInput("Vote on each item: in, out or abstain.")
        before = dict(self.votes.values_list("item_id", "choice"))
        Vote.objects.bulk_create(
            [Vote(ballot=self, item_id=item, choice=choices[item]) for item in items],
            update_conflicts=True,
            unique_fields=["ballot", "item"],
            update_fields=["choice"],
        )
        self.voted_by, self.voted_at = by, clock.now()
        self.save(update_fields=["voted_by", "voted_at"])
        self.record("voted", by=by, votes={str(item): [before.get(item), choices[item]] for item in items})
        Obligation.objects.meet(VOTE, self, by=by)


class Vote(models.Model):
    """What one department says to one item."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes")
    item = models.ForeignKey(CharterItem, models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=7, choices=Choice)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ballot", "item"], name=says("one_vote_each_item", "This department has voted on this item already.")
            ),
            models.CheckConstraint(
                condition=Q(choice__in=Choice.values), name=says("vote_in_out_or_abstain", "Vote in, out or abstain.")
            ),
        ]
        triggers: ClassVar = [only_while("voting", OF_BALLOT)]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.choice}"
