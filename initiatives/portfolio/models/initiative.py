"""The initiative: description, confidentiality, ownership, progress and life, in that order of inheritance."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, JSONObject, Lower

from initiatives.core.rules import RuleBroken, says
from initiatives.organization.grants import granted
from initiatives.organization.models import Department, User
from initiatives.portfolio.models.aims import AnsweredProblem
from initiatives.portfolio.models.baselines import Baseline
from initiatives.portfolio.models.case import BusinessCase
from initiatives.portfolio.models.experiments import Experiment
from initiatives.portfolio.models.grants import VIEW, InitiativeGroupPermission, InitiativeUserPermission
from initiatives.portfolio.models.involvement import Involvement
from initiatives.portfolio.models.life_laws import STOPS_MONEY
from initiatives.portfolio.models.lifecycle import Lifecycle
from initiatives.portfolio.models.words import CANDIDATES, OVER, STEPS, Horizon, Letter, Status, Type, rank_among, stale_after


def may_draft(department: Department, by: User) -> bool:
    """Whether `by` may draft an initiative that this department leads: its contributors, head, deputies; the CXO."""
    return by.standing.holds("cxo") or department.pk in by.standing.belongs_to


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def visible_to(self, user: User) -> Self:
        """What `user` may know of; a condition on the row and its grants, so that no row is multiplied."""
        standing = user.standing
        if not user.is_active or not standing.anywhere:
            return self.none()
        if standing.sees_everything:
            return self
        guest = granted(user, VIEW, to_people=InitiativeUserPermission, to_groups=InitiativeGroupPermission)
        return self.filter(Q(confidential=False) | guest)

    def candidates(self) -> Self:
        """What waits to be ranked or funded: proposed, assessed, prioritised."""
        return self.filter(status__in=CANDIDATES)

    def in_progress(self) -> Self:
        return self.filter(status=Status.ACTIVE)

    def over(self) -> Self:
        return self.filter(status__in=OVER)

    def unowned(self) -> Self:
        """No department has accepted to be accountable."""
        return self.filter(accountable_department=None)

    def without_problem(self) -> Self:
        """Not over, and answering no problem."""
        answers = AnsweredProblem.objects.living().filter(initiative=OuterRef("pk"))
        return self.exclude(status__in=OVER).filter(~Exists(answers))

    def untested(self, since: datetime) -> Self:
        """Written down before then, handed over, not over, and nobody has started an experiment."""
        tests = Experiment.objects.filter(initiative=OuterRef("pk"))
        waits = self.filter(created_at__lt=since).exclude(status__in=(Status.DRAFT, *OVER))
        return waits.filter(~Exists(tests))

    def unreported(self) -> Self:
        """Health unknown: nothing was ever reported."""
        return self.filter(health="")

    def stale(self, today: date) -> Self:
        """Reported once, but longer ago than 1.5 × the cadence, and the work is not over."""
        return self.filter(stale_on__lte=today).exclude(health="").exclude(status__in=OVER)

    def reported(self, health: str, today: date) -> Self:
        """Last reported as `health`, and the report still holds."""
        return self.filter(Q(health=health) & (Q(stale_on=None) | Q(stale_on__gt=today) | Q(status__in=OVER)))

    def hidden_ranks(self, user: User) -> models.QuerySet["Initiative", int | None]:
        """The ranks that `user` may not know of, in order, as a query to be put into another."""
        ranked = self.exclude(rank=None).filter(confidential=True).exclude(pk__in=self.visible_to(user).values("pk"))
        return ranked.order_by("rank").values_list("rank", flat=True)

    def ranks_hidden_from(self, user: User) -> list[int]:
        """The ranks that `user` may not know of, in order; see `Initiative.rank_among`. One small query, or none."""
        if user.standing.sees_everything:
            return []
        return list(self.hidden_ranks(user))  # type: ignore[arg-type]  # no rank is None here

    def of_person(self, user: User) -> Self:
        """Those that this person answers for, sponsors, drafted, or carries a part in."""
        parts = Involvement.objects.living().filter(person=user).values("initiative_id")
        return self.filter(Q(accountable_person=user) | Q(sponsor=user) | Q(created_by=user) | Q(pk__among=parts))

    def reportable_by(self, user: User) -> Self:
        """Active ones on which this person may report; agrees with `may_report`."""
        heads = user.standing.heads
        carries = Involvement.objects.accepted().filter(initiative=OuterRef("pk"), letter=Letter.RESPONSIBLE, person=user)
        mine = Q(accountable_person=user) | Q(lead_department__in=heads) | Q(accountable_department__in=heads)
        return self.in_progress().filter(mine | Exists(carries))

    def with_plan(self) -> Self:
        """Each with its current baseline as `kept_plan` and its newest experiment as `tested` (mappings, or None), and whether
        a case is written as `has_case`; in the same question.
        """
        newest = Baseline.objects.filter(initiative=OuterRef("pk")).order_by("-number")
        money = {"money": Cast("money", models.TextField()), "foreign": "foreign"}
        told = JSONObject(number="number", at="at", ends_on="ends_on", **money)
        case = BusinessCase.objects.filter(initiative=OuterRef("pk"))
        tests = Experiment.objects.filter(initiative=OuterRef("pk")).order_by("-id")
        tested = Subquery(tests.values(told=JSONObject(stops_on="stops_on", result="result"))[:1])
        return self.annotate(tested=tested, kept_plan=Subquery(newest.values(told=told)[:1]), has_case=Exists(case))

    @transaction.atomic
    def draft(self, *, by: User, title: str, lead_department: Department, **fields: Any) -> "Initiative":
        """The act `create`: a new draft, led by this department."""
        if not may_draft(lead_department, by):
            raise RuleBroken(f"Only people of {lead_department} and the CXO can start an initiative that it leads.")
        initiative = self.model(title=title, lead_department=lead_department, created_by=by, **fields)
        initiative.save()
        initiative.record("created", by=by)
        return initiative


class Initiative(Lifecycle):
    """Funded work to improve the experience. Never deleted; its status says how it ended."""

    kept_plan: Mapping[str, Any] | None = None  # see `with_plan`
    tested: Mapping[str, Any] | None = None
    has_case: bool = False

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name=says("one_per_external_id", "An initiative with this external id exists already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name=says("initiative_ends_after_it_starts", "The end cannot be before the start."),
                violation_error_message="The end cannot be before the start.",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100),
                name=says("initiative_percent", "Percent is between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(horizon=None) | Q(horizon__in=Horizon.values), name=says("a_horizon", "There is no such horizon.")
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name=says("initiative_status", "There is no such status.")
            ),
            models.CheckConstraint(
                condition=Q(type="") | Q(type__in=Type.values), name=says("initiative_type", "There is no such type.")
            ),
            models.CheckConstraint(condition=Q(rank=None) | Q(rank__gte=1), name=says("initiative_rank", "Ranks start at 1.")),
            models.CheckConstraint(
                condition=Q(health="", health_on=None, stale_on=None)
                | (~Q(health="") & Q(health_on__isnull=False, stale_on__isnull=False)),
                name=says("health_has_a_day", "A health is kept with the day of its report."),
            ),
            models.CheckConstraint(
                condition=Q(accountable_department=None) | Q(accountable_person__isnull=False),
                name=says("accountable_by_name", "The accountable department names a person."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(Lower("title"), "id", name="initiative_by_title"),
            models.Index(fields=["life", "id"], name="initiative_by_life"),
            models.Index(fields=["concern", "id"], name="initiative_by_concern"),
            models.Index(fields=["rank", "id"], name="initiative_by_rank"),
            models.Index(fields=["ends_on", "id"], name="initiative_by_end"),
            models.Index(fields=["health_on", "id"], name="initiative_by_report"),
            models.Index(fields=["lead_department", "id"], name="initiative_by_lead"),
            models.Index(fields=["status", "confidential"], name="initiative_by_status"),  # to count without reading rows
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="life", field="status", transitions=list(STEPS)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            STOPS_MONEY,
        ]

    def rank_among(self, hidden: list[int]) -> int | None:
        """The rank as it is shown to a reader from whom the ranks `hidden` are hidden: among what that reader may see.

        The published number would say how many hidden initiatives come before this one (docs/ACCESS.md).
        """
        return None if self.rank is None else rank_among(self.rank, hidden)

    def after_edit(self) -> None:
        """A new cadence moves the day on which the last report expires; a new lead or sponsor may see the rest."""
        if self.health_on is not None:
            self.stale_on = stale_after(self.health_on, self.cadence_days)
            self.save(update_fields=["stale_on"])
        self.keep_cost_object()
        self.project_grants()
