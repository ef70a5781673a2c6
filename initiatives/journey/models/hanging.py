"""What hangs on touchpoints: who may see it, which of it is alike, and who answers for it.

A row that hangs on several touchpoints is seen by who may see all of them. The first of them decides who answers.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, ExpressionWrapper, F, FloatField, Model, OuterRef, Q, QuerySet

from initiatives.core.rules import RuleBroken
from initiatives.journey.models.failing_words import ALIKE_TITLES, ALIKE_TOUCHPOINTS
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.seen import leaves, seen
from initiatives.journey.models.words import State
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.journey.models.evidence import ProblemTouchpoint
    from initiatives.journey.models.voices import SignalTouchpoint

WHO_ANSWERS = ("owned__department", "owned__person", "owned__steward", "parent__owned", "stage__owned")  # beside a touchpoint
Rows = TypeVar("Rows", bound=QuerySet[Any])
HELD = (State.OWNED, State.VACANT)  # states in which a department is known to hold the object


def all_seen(user: User, links: "type[SignalTouchpoint | ProblemTouchpoint]", owner: str) -> Q:
    """The condition that `user` may know of every touchpoint of a row; `owner` leads from a link to the row."""
    standing = user.standing
    if not user.is_active or not standing.anywhere:
        return Q(pk__in=[])
    if standing.sees_everything:
        return Q()
    return _all(seen(user, "touchpoint__owned__"), links, owner)


def all_leave(user: User, links: "type[SignalTouchpoint | ProblemTouchpoint]", owner: str) -> Q:
    """The condition that `user` may carry every touchpoint of a row away in a file."""
    return Q() if user.standing.sees_everything else _all(leaves(user, "touchpoint__owned__"), links, owner)


def _all(condition: Q, links: "type[SignalTouchpoint | ProblemTouchpoint]", owner: str) -> Q:
    """That every restricted touchpoint of a row meets the condition."""
    restricted = links._default_manager.filter(**{owner: OuterRef("pk"), "touchpoint__owned__restricted": True})
    return ~Q(Exists(restricted.exclude(condition)))


def alike(rows: Rows, title: str, touchpoints: Collection[int]) -> Rows:
    """Those of `rows` that may say the same, the most alike first, with `overlap` and `likeness`.

    overlap    Jaccard index |A ∩ B| / |A ∪ B| of the touchpoints (Jaccard 1901), at least 0.5; or
    likeness   of the titles, trigram similarity (pg_trgm), at least 0.6
    """
    shared, every = Count("links", filter=Q(links__touchpoint__in=touchpoints)), Count("links")
    union = len(touchpoints) + F("every") - F("shared")
    counted = rows.annotate(shared=shared, every=every, likeness=TrigramSimilarity("title", title))
    overlap = ExpressionWrapper(1.0 * F("shared") / union, output_field=FloatField())
    near = Q(overlap__gte=ALIKE_TOUCHPOINTS) | Q(likeness__gte=ALIKE_TITLES)
    found: Rows = counted.annotate(overlap=overlap).filter(near).order_by("-likeness", "-overlap", "-id")
    return found


def lines(touchpoint: Touchpoint) -> Iterator[OwnedObject]:
    """Whose word counts for a touchpoint, nearest first: its own, that of the touchpoint it is a part of, its stage's."""
    yield touchpoint.owned
    if touchpoint.parent is not None:
        yield touchpoint.parent.owned
    yield touchpoint.stage.owned


def asked_for(touchpoint: Touchpoint) -> tuple[User | None, Department | None]:
    """Who is asked about what fails at a touchpoint: its owner or steward, else the stage's, else the CXO."""
    for owned in lines(touchpoint):
        person = owned.person or owned.steward
        if person is not None and person.is_active:
            return person, owned.department
    return User.objects.holding("cxo").in_order().first(), None


def answers_for(user: User, touchpoint: Touchpoint) -> bool:
    """Whether `user` may decide about what fails there: owner, steward, head or deputy, of it or its stage; the CXO."""
    if not user.is_active:
        return False
    standing = user.standing
    return standing.holds("cxo") or any(
        user.pk in (owned.person_id, owned.steward_id) or (owned.state in HELD and standing.heads_department(owned.department_id))
        for owned in lines(touchpoint)
    )


def hangs_at(owned: OwnedObject) -> Q:
    """The condition on rows that have a `touchpoint` that it, its whole or its stage is this object."""
    return Q(touchpoint__owned=owned) | Q(touchpoint__parent__owned=owned) | Q(touchpoint__stage__owned=owned)


def answered_by(user: User, to: str = "touchpoint__") -> Q:
    """The same as a condition on rows that have a `touchpoint`; `to` leads to it, and is empty for touchpoints."""
    if user.standing.holds("cxo"):
        return Q()
    found = Q(pk__in=[])
    for along in (f"{to}owned__", f"{to}parent__owned__", f"{to}stage__owned__"):
        heads = {f"{along}state__in": HELD, f"{along}department__in": user.standing.heads}
        found |= Q(**{f"{along}person": user}) | Q(**{f"{along}steward": user}) | Q(**heads)
    return found


def answered_among(user: User, touchpoints: Collection[int]) -> set[int]:
    """For which of these `user` answers."""
    return set(Touchpoint.objects.filter(answered_by(user, ""), pk__in=touchpoints).values_list("pk", flat=True))


def in_use(touchpoints: Collection[Touchpoint]) -> list[Touchpoint]:
    """Each once, in the order given; RuleBroken when there is none or one is out of use."""
    kept = list(dict.fromkeys(touchpoints))
    if not kept:
        raise RuleBroken("Name at least one touchpoint.")
    if gone := next((one for one in kept if one.owned.archived_on is not None), None):
        raise RuleBroken(f"{gone.reference} is no longer in use.")
    return kept


def not_seen_alike(one: Model, other: Model) -> bool:
    """Whether two rows hang on different restricted touchpoints, so that not the same people may know of both."""
    return _restricted(one) != _restricted(other)


def _restricted(row: Any) -> set[int]:
    return set(row.links.filter(touchpoint__owned__restricted=True).values_list("touchpoint", flat=True))
