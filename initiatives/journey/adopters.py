"""Who might adopt what nobody owns (measure N8), each reason with its share:

  0.4 · accountable share of the adjacent stages   of the weight in its stage and the ones beside it
+ 0.3 · facets and systems already owned           of its facets, and of the systems that serve it or its stage
+ 0.2 · contact-volume share                       of the contacts a year of all touchpoints
+ 0.1 · (1 − load)                                 load: objects owned, as a part of the most that any department owns
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from initiatives.journey.models import Kind, OwnedObject, Stage, State, Touchpoint
from initiatives.organization.models import Department, Role, User
from initiatives.organization.models.roles import STEWARDS

PARTS = (
    (Decimal("0.4"), "accountable for the adjacent stages"),
    (Decimal("0.3"), "of its facets and systems owned already"),
    (Decimal("0.2"), "of all contacts a year"),
    (Decimal("0.1"), "free of other ownership"),
)
Shares = dict[int, Decimal]  # by department


@dataclass(frozen=True)
class Reason:
    words: str
    share: Decimal
    factor: Decimal

    @property
    def points(self) -> Decimal:
        return self.factor * self.share

    @property
    def percent(self) -> Decimal:
        return 100 * self.share


@dataclass(frozen=True)
class Adopter:
    """One department with its reasons. `refused`: it was asked before and would not have it."""

    department: Department
    reasons: list[Reason]
    refused: bool = False

    @property
    def score(self) -> Decimal:
        return sum((reason.points for reason in self.reasons), Decimal(0))


def adopters(owned: OwnedObject, user: User) -> list[Adopter]:
    """The departments that somebody leads, best first, counted over what this person may see."""
    led = Role.objects.current().held_by_the_active().filter(kind__in=STEWARDS).values("department")
    departments = list(Department.objects.active().filter(pk__in=led).in_order())
    held = OwnedObject.objects.visible_to(user).in_use().filter(state=State.OWNED)
    counts = Counter(held.values_list("department_id", flat=True))
    most = max(counts.values(), default=0)
    free = {one.pk: 1 - Decimal(counts[one.pk]) / most if most else Decimal(1) for one in departments}
    shares = (_adjacent(owned, user), _facets_and_systems(owned, user), _contacts(user), free)
    refused = set(owned.ownerships.filter(answer__in=("declined", "lapsed")).values_list("department_id", flat=True))
    found = [
        Adopter(
            one,
            [Reason(words, of.get(one.pk, Decimal(0)), factor) for (factor, words), of in zip(PARTS, shares, strict=True)],
            one.pk in refused,
        )
        for one in departments
    ]
    return sorted(found, key=lambda adopter: (-adopter.score, adopter.department.name))


def stage_of(owned: OwnedObject) -> Stage | None:
    """The stage in which it stands, or that it is."""
    if owned.kind == Kind.STAGE:
        return owned.stage
    touchpoint = Touchpoint.objects.select_related("stage").filter(reference=owned.reference.split(".")[0]).first()
    return touchpoint.stage if touchpoint else None


def _shares(rows: Iterable[tuple[int | None, str, Decimal]]) -> Shares:
    """Of (department, state, amount), what each department's owned amount is of all."""
    found: Counter[int] = Counter()
    whole = Decimal(0)
    for department, state, amount in rows:
        whole += Decimal(amount)
        if state == State.OWNED and department is not None:
            found[department] += Decimal(amount)  # type: ignore[assignment]  # counts amounts
    return {pk: Decimal(amount) / whole for pk, amount in found.items()} if whole else {}


def _adjacent(owned: OwnedObject, user: User) -> Shares:
    stage = stage_of(owned)
    if stage is None:
        return {}
    here = Stage.objects.in_use().exclude(pk=stage.pk)
    before = here.filter(position__lt=stage.position).order_by("-position").values_list("pk", flat=True)[:1]
    after = here.filter(position__gt=stage.position).order_by("position").values_list("pk", flat=True)[:1]
    beside = Touchpoint.objects.visible_to(user).in_use().filter(stage__in=[stage.pk, *before, *after]).exclude(owned=owned)
    return _shares(beside.values_list("owned__department_id", "owned__state", "owned__weight"))


def _facets_and_systems(owned: OwnedObject, user: User) -> Shares:
    reference, stage = owned.reference.split(".")[0], stage_of(owned)
    facets = Q(kind=Kind.FACET, reference__startswith=f"{reference}.")
    serves = Q(system__touchpoints__reference=reference)
    if stage is not None:
        serves |= Q(system__stages=stage)
    parts = OwnedObject.objects.visible_to(user).in_use().filter(facets | Q(kind=Kind.SYSTEM) & serves).exclude(pk=owned.pk)
    rows = set(parts.values_list("pk", "department_id", "state"))
    return _shares((department, state, Decimal(1)) for _, department, state in rows)


def _contacts(user: User) -> Shares:
    rows = Touchpoint.objects.visible_to(user).in_use()
    return _shares(rows.values_list("owned__department_id", "owned__state", "reach"))
