"""How touchpoints are weighed: reach × the moment factor; the parts of one that was split share its weight."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import F
from django.db.models.functions import Coalesce

from initiatives.core import clock
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.spells import Spell

if TYPE_CHECKING:
    from initiatives.journey.models.map import MapPolicy

CENT = Decimal("0.01")


def shares(whole: Decimal, reaches: Sequence[int]) -> list[Decimal]:
    """`whole` by reach, equally when nobody is reached; exact to the cent, the last one takes what is left."""
    total, left, found = sum(reaches), whole, []
    for reach in reaches[:-1]:
        share = (whole * reach / total if total else whole / len(reaches)).quantize(CENT)
        found.append(share)
        left -= share
    return [*found, left] if reaches else []


def weigh(policy: "MapPolicy | None" = None, *, only: Collection[int] | None = None) -> dict[int, Decimal]:
    """Weigh all touchpoints anew, or only those in `only` (wholes) with their parts; keep what changed as a new spell.

    Returns the weight by owned object. Five queries, however many there are. The past keeps the weights that it had.
    """
    rows = OwnedObject.objects.filter(kind="touchpoint").annotate(root=Coalesce("touchpoint__parent", "touchpoint"))
    if only is not None:
        rows = rows.filter(root__in=only)
    list(OwnedObject.objects.filter(pk__in=rows.values("pk")).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    facts = rows.annotate(
        reach=F("touchpoint__reach"), moment=F("touchpoint__moment_of_truth"), parent=F("touchpoint__parent")
    ).order_by("touchpoint__pk")  # fmt: skip
    families: dict[int, list[OwnedObject]] = defaultdict(list)
    for owned in facts:
        families[owned.root].append(owned)  # type: ignore[attr-defined]  # annotated
    factor = _factor(policy)
    weights = {pk: weight for family in families.values() for pk, weight in _family(family, factor).items()}
    _keep([owned for family in families.values() for owned in family], weights)
    return weights


def _factor(policy: "MapPolicy | None") -> int:
    """What a moment of truth weighs more: of this policy, or as it stands."""
    if policy is None:
        policy = apps.get_model("journey", "MapPolicy").objects.current()  # the map stands above this module
    return policy.moment_factor


def _family(family: list[OwnedObject], factor: int) -> dict[int, Decimal]:
    """The weights of one touchpoint and its parts; an archived part has its last weight, which nobody counts."""
    whole = next(one for one in family if one.parent is None)  # type: ignore[attr-defined]  # annotated
    weight = Decimal(whole.reach * (factor if whole.moment else 1))  # type: ignore[attr-defined]  # annotated
    parts = [one for one in family if one is not whole and one.archived_on is None]
    split = shares(weight, [part.reach for part in parts])  # type: ignore[attr-defined]  # annotated
    return {whole.pk: Decimal(0) if parts else weight, **dict(zip((part.pk for part in parts), split, strict=True))}


def _keep(rows: list[OwnedObject], weights: dict[int, Decimal]) -> None:
    changed = [row for row in rows if weights.get(row.pk, row.weight) != row.weight]
    for row in changed:
        row.weight = weights[row.pk]
    if not changed:
        return
    now = clock.now()
    OwnedObject.objects.bulk_update(changed, ["weight"], batch_size=500)
    Spell.objects.filter(owned__in=changed, until=None).update(until=now)
    Spell.objects.bulk_create(
        Spell(owned=row, began=now, **{name: getattr(row, name) for name in Spell.KEPT}) for row in changed
    )  # fmt: skip
