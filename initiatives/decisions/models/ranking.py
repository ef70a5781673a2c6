"""Rankings: one draft that the CXO arranges, and the numbered ones that were published, which never change."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.prepared import prepared
from initiatives.core.rules import BadInput, RuleBroken, Stale, says
from initiatives.decisions import order
from initiatives.decisions.models.assessment import Assessment
from initiatives.decisions.models.lines import Placement, RankedItem, Row
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class RankingQuerySet(models.QuerySet["Ranking"]):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def visible_to(self, user: User) -> Self:
        """Everybody with a role reads what is published; the lines of it are counted for each reader (reports)."""
        return self.published() if user.is_active and user.standing.anywhere else self.none()

    def newest_first(self) -> Self:
        return self.order_by("-number")

    def in_force(self) -> "Ranking | None":
        """The ranking that counts today: the last one published."""
        return next(iter(_last_published()), None)

    def last_number(self) -> int:
        number: int | None = self.aggregate(last=Max("number"))["last"]
        return number or 0

    def draft(self) -> "Ranking":
        """The one draft; not saved yet when nobody has arranged anything since the last publication."""
        return self.filter(state=State.DRAFT).first() or Ranking()


@prepared
def _last_published() -> "models.QuerySet[Ranking]":
    return Ranking.objects.published().select_related("published_by").newest_first()[:1]


class Ranking(Recorded):
    """An order of the candidates. Everything that is a candidate and was assessed is in the draft, in the model's order
    except where the CXO placed it by hand; publishing writes the order down for good and gives it a number.
    """

    number = models.PositiveIntegerField(null=True, unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    rationale = models.TextField(max_length=5_000, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = RankingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="draft"), name=says("one_draft_ranking", "There is a draft already.")
            ),
            models.CheckConstraint(
                condition=Q(state="draft", number=None, published_at=None, published_by=None)
                | (
                    Q(state="published", number__gte=1, published_at__isnull=False, published_by__isnull=False) & ~Q(rationale="")
                ),
                name=says("published_with_a_number", "A ranking is published with a number, by somebody, with the reason why."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="published_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state="published")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Ranking {self.number}" if self.number else "Draft ranking"

    def get_absolute_url(self) -> str:
        return reverse("decisions:published", args=[self.number]) if self.number else reverse("decisions:draft")

    # -- the draft ------------------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The draft's order now. Two queries, however many candidates there are."""
        judged = Assessment.objects.of_candidates().select_related("initiative__lead_department")
        by_model = {assessment.initiative_id: assessment for assessment in sorted(judged, key=Assessment.key)}
        placements = {one.initiative_id: one for one in self.placements.all()} if self.pk else {}
        places = {pk: one.position for pk, one in placements.items() if pk in by_model}
        model_position = {pk: position for position, pk in enumerate(by_model, start=1)}
        return [
            Row(by_model[pk], position, model_position[pk], pk in places, placements[pk].reason if pk in places else "")
            for position, pk in enumerate(order.placed(list(by_model), places), start=1)
        ]

    @staticmethod
    def mark(rows: Sequence[Row]) -> str:
        """Names this order with its judgements, reasons and predecessor: a form that was opened on another one is stale."""
        last = Ranking.objects.last_number()
        text = "\n".join([str(last), *(f"{row.position} {row.assessment.pk} {row.placed} {row.reason}" for row in rows)])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def obstacle_to_arrange(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot change the draft, or None."""
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO arranges the ranking."
        return f"{self} is published and stays as it is." if self.state == State.PUBLISHED else None

    @transaction.atomic
    def arrange(self, after: Sequence[int], reasons: Mapping[int, str], *, seen: str, by: User) -> None:
        """Put candidates where the CXO wants them: `after` are the ids of initiatives in the new order, from the first on.

        What is not among them follows in its old order. `reasons` say why, by id; they may come later, but nothing is published
        without. Whatever ends where the model has it anyway is no longer counted as placed by hand.
        """
        rows = {row.initiative.pk: row for row in self._open(seen, by, self.obstacle_to_arrange)}
        before = list(rows)
        if len(set(after)) != len(after) or not set(after) <= set(before):
            raise BadInput("This order does not hold the candidates that stand there. Open the page again.")
        after = [*after, *(pk for pk in before if pk not in set(after))]
        said = {pk: reasons.get(pk, row.reason).strip() for pk, row in rows.items()}
        fresh = {pk for pk, row in rows.items() if said[pk] and not row.placed}
        by_hand = {pk for pk, row in rows.items() if row.placed}
        if after != before:
            by_hand |= order.moved(before, after, fresh)
        self._place({pk: after.index(pk) + 1 for pk in by_hand}, sorted(before, key=lambda pk: rows[pk].model_position), said)
        self.record("arranged", by=by, order=[[rows[pk].initiative.reference for pk in ids] for ids in (before, after)])

    def _place(self, places: dict[int, int], by_model: list[int], said: Mapping[int, str]) -> None:
        wanted = order.placed(by_model, places)
        for pk in sorted(places, key=lambda pk: bool(said[pk])):  # those without a reason are given up first
            rest = {one: place for one, place in places.items() if one != pk}
            if order.placed(by_model, rest) == wanted:
                places = rest
        self.placements.all().delete()
        Placement.objects.bulk_create(
            Placement(ranking=self, initiative_id=pk, position=place, reason=said[pk]) for pk, place in places.items()
        )

    def _open(self, seen: str, by: User, obstacle_to: Callable[[User], str | None]) -> list[Row]:
        """Lock the draft and check that it is still the one that `seen` names."""
        if self._state.adding:  # nobody has arranged anything yet, or another one did in this moment
            self.pk = Ranking.objects.get_or_create(state=State.DRAFT)[0].pk
        self.lock()
        if obstacle := obstacle_to(by):
            raise RuleBroken(obstacle)
        if self.mark(rows := self.rows()) != seen:
            raise Stale("The draft changed after you opened it. Look at it again, then repeat what you did.")
        return rows

    # -- publishing -----------------------------------------------------------------------------------------------------

    def obstacle_to_publish(self, by: User | None = None) -> str | None:
        """Say in one sentence why this draft cannot be published, or None."""
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO publishes a ranking."
        if self.state == State.PUBLISHED:
            return f"{self} is published already."
        rows = self.rows()
        if not rows:
            return "Assess at least one candidate first."
        if missing := [row.initiative.reference for row in rows if row.unexplained]:
            return f"Say why you moved {', '.join(missing)}."
        return None

    @transaction.atomic
    def publish(self, rationale: str, *, seen: str, by: User) -> None:
        """Write the order down, number it, and give each candidate its rank; those that fell out lose theirs."""
        if not rationale.strip():
            raise BadInput("Say in a few sentences why the order is as it is.")
        list(Initiative.objects.candidates().order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
        rows = self._open(seen, by, self.obstacle_to_publish)
        self.number, self.state = Ranking.objects.last_number() + 1, State.PUBLISHED
        self.rationale, self.published_at, self.published_by = rationale.strip(), clock.now(), by
        RankedItem.objects.bulk_create(RankedItem.of(self, row) for row in rows)
        self.save(update_fields=["number", "state", "rationale", "published_at", "published_by"])
        if any(row.placed for row in rows):  # what was overruled stays so until the CXO says otherwise
            self.placements.update(ranking=Ranking.objects.create())
        self._give_ranks(rows, by)
        self.record("published", by=by, reason=self.rationale, order=[row.initiative.reference for row in rows])

    @staticmethod
    def _give_ranks(rows: Sequence[Row], by: User) -> None:
        """Tell each initiative its rank, as far as that changed."""
        ranked = {row.initiative.pk: row for row in rows}
        for out in Initiative.objects.exclude(rank=None).exclude(pk__in=ranked).order_by("pk"):
            out.prioritise(None, by=by)
        for _, row in sorted(ranked.items()):
            initiative, why = row.initiative, row.reason or row.assessment.rationale
            if (initiative.rank, initiative.rank_reason) != (row.position, why):
                initiative.prioritise(row.position, by=by, reason=why)
