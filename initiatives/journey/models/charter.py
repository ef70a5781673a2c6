"""The charter: what CX means in this company. Departments vote on each item; what was voted stays as it was voted."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.days import written
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.journey.agreement import Tally
from initiatives.journey.models.charter_votes import Ballot, CharterItem, Choice, Vote
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today

MOST_ITEMS = 60


class CharterState(models.TextChoices):
    DRAFT = "draft", "Draft"
    VOTING = "voting", "Voting"
    RATIFIED = "ratified", "Ratified"
    NOT_RATIFIED = "not_ratified", "Not ratified"
    SUPERSEDED = "superseded", "Superseded"  # was ratified; a later one is


STEPS = [("draft", "voting"), ("voting", "ratified"), ("voting", "not_ratified"), ("ratified", "superseded")]


class CharterVersionQuerySet(models.QuerySet["CharterVersion"]):
    def voted_on(self) -> Self:
        """Everything but the draft: what everybody may read."""
        return self.exclude(state=CharterState.DRAFT)

    def visible_to(self, user: User) -> Self:
        """Everybody with a role reads what is or was voted on; the draft is the CXO's."""
        if not user.is_active or not user.standing.anywhere:
            return self.none()
        return self if user.standing.holds("cxo") else self.voted_on()

    def newest_first(self) -> Self:
        return self.order_by("-number")

    def ratified(self) -> "CharterVersion | None":
        """The charter in force."""
        return self.filter(state=CharterState.RATIFIED).first()

    def in_voting(self) -> Self:
        return self.filter(state=CharterState.VOTING)

    def shown_first(self) -> "CharterVersion | None":
        """What the charter's page opens with: the vote that runs, else the version in force, else the last one."""
        found = self.voted_on().select_related("opened_by").newest_first()
        return found.in_voting().first() or found.ratified() or found.first()

    def under_vote(self) -> "CharterVersion":
        """The version that is voted on; where there is none, one that refuses every act."""
        return self.in_voting().first() or self.newest_first().first() or CharterVersion()

    def draft(self) -> "CharterVersion":
        """The one draft; not saved yet when nobody has prepared anything."""
        return self.filter(state=CharterState.DRAFT).first() or CharterVersion()


class CharterVersion(Recorded):
    """One version: its items, and one ballot for each department that existed when the vote was opened."""

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=12, choices=CharterState, default=CharterState.DRAFT)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closes_on = models.DateField(null=True)  # the last day to vote
    decided_at = models.DateTimeField(null=True)

    objects = CharterVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            *(
                models.UniqueConstraint(fields=["state"], condition=Q(state=state), name=says(f"one_{state}_charter", sentence))
                for state, sentence in (
                    ("draft", "There is a draft already."),
                    ("voting", "Another version is being voted on."),
                    ("ratified", "Another version is in force."),
                )
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opened_by__isnull=False, opened_at__isnull=False, closes_on__isnull=False),
                name=says("charter_opened_until_a_day", "A vote is opened by somebody, until a day."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=CharterState.values), name=says("charter_state", "There is no such state of a charter.")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="life", field="state", transitions=STEPS),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Charter version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("journey:charter_version", args=[self.number])

    # -- the draft ------------------------------------------------------------------------------------------------------

    def obstacle_to_prepare(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot write this version, or None."""
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO prepares the charter."
        return None if self.state == CharterState.DRAFT else f"{self} was put to the vote and stays as it is."

    @transaction.atomic
    def prepare(self, items: Iterable[tuple[str, str]], *, by: User) -> None:
        """Write the draft's items, (kind, text) in order, in place of those it had."""
        if self._state.adding:
            newest = CharterVersion.objects.aggregate(last=Max("number"))["last"] or 0
            self.pk = CharterVersion.objects.get_or_create(state=CharterState.DRAFT, defaults={"number": newest + 1})[0].pk
        self.lock()
        if obstacle := self.obstacle_to_prepare(by):
            raise RuleBroken(obstacle)
        wanted = list(dict.fromkeys(items))
        if not 0 < len(wanted) <= MOST_ITEMS:
            raise BadInput(f"Propose at least one item, and at most {MOST_ITEMS}.")
        before = list(self.items.values_list("kind", "text"))
        self.items.all().delete()
        CharterItem.objects.bulk_create(
            CharterItem(version=self, kind=kind, text=text, position=number) for number, (kind, text) in enumerate(wanted, 1)
        )
        self.record("prepared", by=by, items=[before, wanted])

    def obstacle_to_open(self, by: User | None = None) -> str | None:
        """Say in one sentence why the vote cannot be opened, or None."""
        if obstacle := self.obstacle_to_prepare(by):
            return obstacle
        if running := CharterVersion.objects.in_voting().first():
            return f"{running} is being voted on until {written(running.closes_on)}."
        return None if self.pk and self.items.exists() else "Write down what is voted on first."

    @transaction.atomic
    def open(self, *, closes_on: date, by: User) -> None:
        """Put the draft to the vote: each department gets its ballot, each head is asked to answer by `closes_on`."""
        self.lock()
        if obstacle := self.obstacle_to_open(by):
            raise RuleBroken(obstacle)
        if closes_on <= today():
            raise BadInput("Leave the departments at least until tomorrow.")
        self.state, self.opened_by, self.opened_at, self.closes_on = CharterState.VOTING, by, clock.now(), closes_on
        self.save(update_fields=["state", "opened_by", "opened_at", "closes_on"])
        for department in Department.objects.active().in_order():
            Ballot.objects.create(version=self, department=department).ask(by=by)
        self.record("opened", by=by, departments=self.ballots.count())

    # -- the result -----------------------------------------------------------------------------------------------------

    def tallies(self) -> dict[int, Tally]:
        """The votes on each item, by the item's id, in order."""
        counted = {pk: dict.fromkeys(Choice.values, 0) for pk in self.items.order_by("position").values_list("pk", flat=True)}
        for item, choice in Vote.objects.filter(item__version=self).values_list("item_id", "choice"):
            counted[item][choice] += 1
        return {pk: Tally(votes["in"], votes["out"], votes["abstain"]) for pk, votes in counted.items()}

    @staticmethod
    def quorum(departments: int) -> int:
        """How many of so many departments must have voted: two thirds."""
        return -(-2 * departments // 3)

    def is_carried(self) -> bool:
        """Quorum and majority: enough departments voted, and most items have more votes in than out."""
        ballots = list(self.ballots.values_list("voted_at", flat=True))
        voted = sum(instant is not None for instant in ballots)
        adopted = [tally.adopted for tally in self.tallies().values()]
        return voted >= self.quorum(len(ballots)) > 0 and 2 * sum(adopted) > len(adopted)

    def obstacle_to_close(self, by: User | None = None) -> str | None:
        """Say in one sentence why the vote cannot be counted now, or None. `by=None`: because the day is over."""
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO closes the vote before its last day is over."
        if self.state != CharterState.VOTING or self.closes_on is None:
            return f"{self} is not being voted on."
        if self.closes_on < today() or (by is not None and not self.ballots.filter(voted_at=None).exists()):
            return None
        return f"Departments may still vote until {written(self.closes_on)}."

    @transaction.atomic
    def close(self, *, by: User) -> None:
        """Count the votes before the last day is over, when all have voted."""
        self.lock()
        if obstacle := self.obstacle_to_close(by):
            raise RuleBroken(obstacle)
        self._count(by)

    @transaction.atomic
    def turn(self) -> bool:
        """Count the votes when the last day is over; returns whether it did. May be tried at any time and twice."""
        self.lock()
        if self.obstacle_to_close():
            return False
        self._count(None)
        return True

    def _count(self, by: User | None) -> None:
        """The version is ratified and takes the place of the one before, or it is not."""
        carried = self.is_carried()
        if carried and (before := CharterVersion.objects.ratified()):
            before.lock()
            before._become(CharterState.SUPERSEDED)
            before.record("superseded", by=by, by_version=self.number)
        self._become(CharterState.RATIFIED if carried else CharterState.NOT_RATIFIED)
        for ballot in self.ballots.filter(voted_at=None):
            Obligation.objects.excuse(None, ballot, by=by, reason="The vote is over.")
        result: Mapping[int, Tally] = self.tallies()
        votes = {str(pk): [one.inside, one.outside, one.abstained] for pk, one in result.items()}
        self.record("ratified" if carried else "not_ratified", by=by, votes=votes)

    def _become(self, state: CharterState) -> None:
        self.state, self.decided_at = state, self.decided_at or clock.now()
        self.save(update_fields=["state", "decided_at"])
