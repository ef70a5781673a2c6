"""Breaches: a reading passes a limit that the CXO has set, and a problem is opened by itself; people close it as any other."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Max, Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.prepared import prepared
from initiatives.core.rules import says
from initiatives.duties.models import Obligation
from initiatives.journey.models import following
from initiatives.journey.models.consistency import Pressure, Score, pressures, scores
from initiatives.journey.models.failing_words import ProblemState, Source
from initiatives.journey.models.hanging import WHO_ANSWERS, asked_for, hangs_at
from initiatives.journey.models.map import MapPolicy, Stage, Touchpoint
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.problems import Problem
from initiatives.journey.models.reading_words import Limit, ReadingKind, on_scale
from initiatives.journey.models.readings import Reading
from initiatives.journey.models.triaging import BREACH
from initiatives.journey.models.words import Kind
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Department, User

CENT, SHARE = Decimal("0.01"), Decimal("0.0001")
ANNOYS, LEAVES = 2, 5  # severities: contacts above the cap; a moment of truth that fails


class BreachQuerySet(models.QuerySet["Breach"]):
    def visible_to(self, user: User) -> Self:
        """Those whose problem `user` may know."""
        return self.filter(problem__in=Problem.objects.visible_to(user))

    def open_now(self) -> Self:
        return self.filter(problem__state=ProblemState.OPEN)

    def known(self, limit: str, place: "Stage | Touchpoint", newest: int) -> bool:
        """Whether this breach has its problem: one that is open, or one that was closed and no newer reading says it again."""
        here = self.filter(limit=limit, **_at(place))
        return here.filter(Q(problem__state=ProblemState.OPEN) | Q(reading__gte=newest)).exists()


class Breach(models.Model):
    """One limit that was passed, at a stage (contacts) or a touchpoint (a moment of truth), and the problem that it opened.

    departments   whom it counts against: those who sent the contacts
    """

    limit = models.CharField(max_length=10, choices=Limit)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, null=True, related_name="+")
    reading = models.ForeignKey(Reading, models.PROTECT, related_name="breaches")  # the newest of those that show it
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="breaches")
    departments = models.ManyToManyField(Department, related_name="+")
    value = models.DecimalField(max_digits=20, decimal_places=4)
    allowed = models.DecimalField(max_digits=8, decimal_places=4)
    at = models.DateTimeField(default=clock.now)

    objects = BreachQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["limit", "stage", "touchpoint", "reading"],
                nulls_distinct=False,
                name=says("one_problem_per_breach", "This reading has opened a problem already."),
            ),
            models.CheckConstraint(
                condition=Q(limit=Limit.CAP, stage__isnull=False, touchpoint=None)
                | Q(limit=Limit.FLOOR, stage=None, touchpoint__isnull=False),
                name=says("breach_stands_somewhere", "A breach stands at a stage or at a touchpoint."),
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_limit_display()}: {self.problem}"


def watch(today: date | None = None, stages: Collection[int] | None = None) -> int:
    """Open a problem for each limit that is passed and has none; of these stages, or of all. Returns how many.

    May run at any time, twice or at once: what is found is looked at again behind the lock of its stage or touchpoint.
    """
    policy, today = MapPolicy.objects.current(), today or clock.company_day()
    opened = 0
    if policy.contact_cap is not None:
        for number in sorted(_over(policy, today, stages)):
            opened += _hold_to_cap(number, policy, today)
    if policy.moment_floor is not None:
        for number in sorted(_under(policy, today, stages)):
            opened += _hold_to_floor(number, policy, today)
    return opened


def _readings(stages: Collection[int] | None) -> Any:
    return Reading.objects.all() if stages is None else Reading.objects.filter(touchpoint__stage__in=stages)


def _over(policy: MapPolicy, today: date, stages: Collection[int] | None) -> list[int]:
    """The stages above the cap that have no problem for it yet."""
    found = {one: here for one, here in pressures(_readings(stages), today).items() if here.is_over(policy.contact_cap)}
    rows = Stage.objects.filter(pk__in=found)
    return [one.pk for one in rows if not Breach.objects.known(Limit.CAP, one, found[one.pk].newest.pk)]


def _under(policy: MapPolicy, today: date, stages: Collection[int] | None) -> list[int]:
    """The moments of truth below the floor that have no problem for it yet."""
    moments = _readings(stages).filter(touchpoint__moment_of_truth=True)
    low = [one for rated in scores(moments, today, "touchpoint").values() for one in rated if _fails(one, policy)]
    rows = {one.pk: one for one in Touchpoint.objects.filter(pk__in=[score.place for score in low])}
    return [pk for pk, one in rows.items() if not Breach.objects.known(Limit.FLOOR, one, _newest(one, today))]


def _fails(score: Score, policy: MapPolicy) -> bool:
    floor = policy.moment_floor
    return floor is not None and score.is_enough(policy.rating_n_min) and on_scale(score.value, score.low, score.high) < floor


def _newest(touchpoint: Touchpoint, today: date) -> int:
    rated = Reading.objects.of_kind(ReadingKind.RATING).counting(today).filter(touchpoint=touchpoint)
    return rated.aggregate(newest=Max("pk"))["newest"] or 0


@transaction.atomic
def _hold_to_cap(number: int, policy: MapPolicy, today: date) -> int:
    stage = Stage.objects.get(pk=number)
    stage.lock()
    here: Pressure | None = pressures(_readings([number]), today).get(number)
    if here is None or not here.is_over(policy.contact_cap) or Breach.objects.known(Limit.CAP, stage, here.newest.pk):
        return 0
    cap = policy.contact_cap or Decimal(0)
    value, by = here.value, here.newest.by
    most = sorted(here.counts, key=lambda one: (-one.in_a_month, one.pk))
    where = Touchpoint.objects.select_related(*WHO_ANSWERS).in_bulk({one.touchpoint_id for one in most})
    touchpoints = list(dict.fromkeys(where[one.touchpoint_id] for one in most))
    names = ", ".join(str(one) for one in Department.objects.filter(pk__in=here.sent).in_order())
    words = f"{value.quantize(CENT)} contacts per customer in 30 days, where {cap} are allowed"
    problem = Problem.objects.found(
        touchpoints,
        by=by,
        title=f"Customers are contacted too often: {stage.title}"[:200],
        statement=f"{words}. Counted against who sent them: {names}. Opened by itself from the readings.",
        severity=ANNOYS,
        frequency=((value - cap) / value).quantize(SHARE),
        evidence=_evidence(here.newest, here.customers, words, *(one.source for one in most)),
    )
    _breach(Limit.CAP, stage, here.newest, problem, value, cap, here.sent)
    return 1


@transaction.atomic
def _hold_to_floor(number: int, policy: MapPolicy, today: date) -> int:
    touchpoint = Touchpoint.objects.select_related(*WHO_ANSWERS).get(pk=number)
    touchpoint.lock()
    rated = scores(Reading.objects.filter(touchpoint=touchpoint), today, "touchpoint").get(touchpoint.stage_id, [])
    failing = [score for score in rated if _fails(score, policy)]
    newest = Reading.objects.filter(pk=_newest(touchpoint, today)).select_related("by").first()
    if not failing or newest is None or Breach.objects.known(Limit.FLOOR, touchpoint, newest.pk):
        return 0
    worst = min(failing, key=lambda score: on_scale(score.value, score.low, score.high))
    lies, floor = on_scale(worst.value, worst.low, worst.high), policy.moment_floor or Decimal(0)
    limit = worst.low + floor * (worst.high - worst.low)
    words = f"Rated {worst.value.quantize(CENT)} of {worst.high} by {worst.n}, where {limit.quantize(CENT)} is the floor"
    problem = Problem.objects.found(
        [touchpoint],
        by=newest.by,
        title=f"A moment of truth fails: {touchpoint.title}"[:200],
        statement=f"{words} for a moment of truth. Opened by itself from the readings.",
        severity=LEAVES,
        frequency=(1 - lies).quantize(SHARE),
        evidence=_evidence(newest, worst.n, words),
    )
    _breach(Limit.FLOOR, touchpoint, newest, problem, lies, floor, {})
    return 1


def _at(place: "Stage | Touchpoint") -> dict[str, Any]:
    return {"stage": place} if isinstance(place, Stage) else {"touchpoint": place}


def _evidence(reading: Reading, customers: int, words: str, *sources: str) -> dict[str, Any]:
    """What the readings say, by which `sources`: the first three, and how many more; without any, that of the newest."""
    named = list(dict.fromkeys(sources)) or [reading.source]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    said = f"{words} ({', '.join(named[:3])}{more})"[:500]
    return {"source": Source.OTHER, "observed_on": reading.last_day, "customers": customers, "words": said}


def _breach(
    limit: str, place: "Stage | Touchpoint", newest: Reading, problem: Problem, value: Decimal, allowed: Decimal, sent: Any
) -> None:
    """Remember it, and ask who answers for the problem's first touchpoint what is done about it."""
    facts = {"limit": limit, "reading": newest, "problem": problem, "value": value.quantize(SHARE), "allowed": allowed}
    breach = Breach.objects.create(**facts, **_at(place))
    breach.departments.set(sent)
    person, department = _asked_about(problem)
    if person is not None:
        days = MapPolicy.objects.current().days_to_triage
        Obligation.objects.open(
            BREACH,
            problem,
            person=person,
            stand_ins=department.deciders() if department else (),
            due_on=working_days_after(clock.today(person.zone), days, department),
            words=f"Say what is done about {problem.reference}",
            url=problem.get_absolute_url(),
            department=department,
            by=None,
        )


def _asked_about(problem: Problem) -> tuple[User | None, Department | None]:
    """Who answers for its first touchpoint; the CXO, where they may not know of all its touchpoints."""
    person, department = asked_for(problem.touchpoint)
    if person is None or problem.seen_by(person):
        return person, department
    return User.objects.holding("cxo").in_order().first(), None


def breach_follows(owned: OwnedObject) -> None:
    """Somebody else answers for a touchpoint now: what was asked about the problems that opened by themselves there is theirs."""
    if owned.kind not in (Kind.TOUCHPOINT, Kind.STAGE):
        return
    for problem in _opened_by_themselves(owned):
        person, _ = _asked_about(problem)
        for ask in Obligation.objects.open_now().about(problem).filter(kind=BREACH):
            if person is not None and ask.person_id != person.pk:
                ask.hand_over(person, by=None, reason=f"{person} answers for {problem.touchpoint.reference} now.")


@prepared
def _opened_by_themselves(owned: OwnedObject) -> models.QuerySet[Problem]:
    opened = Problem.objects.open_now().filter(hangs_at(owned), pk__in=Breach.objects.values("problem"))
    return opened.select_related(*(f"touchpoint__{name}" for name in WHO_ANSWERS)).order_by("pk")


following.follow(breach_follows)
