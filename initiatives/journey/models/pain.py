"""The pain score of a problem, in SQL: one formula for lists, pages, filters and exports.

pain = weight × severity × frequency × freshness

weight      of the problem's touchpoints and their parts: contacts a year, a moment of truth three times (MapPolicy)
severity    1 (a nuisance) to 5 (the customer leaves)
frequency   the share of those contacts in which it happens, 0 to 1
freshness   1 while the newest piece of evidence is at most 12 months old; after that ½, and the problem is labelled
            "old evidence" until somebody brings a newer one

So pain is the number of contacts a year that go wrong, counted with how wrong. Source: pain points weighted by reach and
frequency as in journey mapping; the decay is our own, a step and not a curve, so that anybody can check it by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from initiatives.journey.models.owned_objects import OwnedObject

Rows = TypeVar("Rows", bound=QuerySet[Any])
OLD = Decimal("0.5")
NUMBER = DecimalField(max_digits=24, decimal_places=2)


def a_year_before(today: date) -> date:
    """The last day whose evidence is old from tomorrow on: the same day a year ago, 28 February for 29 February."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:
        return today.replace(year=today.year - 1, day=28)


def pain(weight: Decimal, severity: int, frequency: Decimal, *, old: bool) -> Decimal:
    """The formula by itself, for a single problem and for tests."""
    return weight * severity * frequency * (OLD if old else 1)


def with_weight(problems: Rows, links: QuerySet[Any]) -> Rows:
    """Each with `weight`; `links` are all rows that tie a problem to a touchpoint."""
    here = links.filter(problem=OuterRef(OuterRef("pk"))).values("touchpoint")
    weighed = OwnedObject.objects.filter(Q(touchpoint__in=here) | Q(touchpoint__parent__in=here)).order_by()
    total = weighed.annotate(one=Value(1)).values("one").annotate(total=Sum("weight")).values("total")
    weighted: Rows = problems.annotate(weight=Coalesce(Subquery(total), Decimal(0), output_field=NUMBER))
    return weighted


def with_pain(problems: Rows, links: QuerySet[Any], evidence: QuerySet[Any], today: date) -> Rows:
    """Each with `weight`, `newest` (the day of its newest evidence), `old` and `pain`; `evidence` are all living pieces."""
    newest = evidence.filter(problem=OuterRef("pk")).order_by().values("problem").annotate(day=Max("observed_on")).values("day")
    dated: Any = with_weight(problems, links).annotate(newest=Subquery(newest))
    is_old = Q(newest__lt=a_year_before(today))
    freshness = Case(When(is_old, then=Value(OLD)), default=Value(Decimal(1)), output_field=NUMBER)
    score = F("weight") * F("severity") * F("frequency") * F("freshness")
    old = Case(When(is_old, then=Value(True)), default=Value(False))
    scored: Rows = dated.annotate(freshness=freshness, old=old).annotate(pain=ExpressionWrapper(score, output_field=NUMBER))
    return scored
