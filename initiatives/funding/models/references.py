"""What a reference on paper means here: an initiative's number, or what a commitment's memo says, the number of its order."""

from collections.abc import Collection

from django.db.models.functions import Lower

from initiatives.funding import above
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.ledger import Transfer
from initiatives.funding.models.posting import Act


def orders(references: Collection[str]) -> dict[str, set[tuple[int, int, str]]]:
    """{reference in small letters: (cost object, pool, kind of expenditure)} of commitments that stand and whose memo it is."""
    committed = Transfer.objects.filter(journal__act=Act.COMMITTED, journal__reversed_by=None)
    named = committed.annotate(order=Lower("journal__memo")).filter(order__in={one.lower() for one in references} - {""})
    found: dict[str, set[tuple[int, int, str]]] = {}
    for order, thing, pool, nature in named.values_list("order", "source__cost_object_id", "source__pool_id", "source__nature"):
        assert thing is not None
        found.setdefault(order, set()).add((thing, pool, nature))
    return found


def cost_object_named(reference: str) -> CostObject | None:
    """The one cost object that this reference means, if there is exactly one."""
    named = above.referred({reference}).get(reference.upper())
    ids = {named} if named is not None else {thing for found in orders({reference}).values() for thing, _, _ in found}
    return CostObject.objects.get(pk=ids.pop()) if len(ids) == 1 else None
