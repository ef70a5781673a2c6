"""The two kinds of money that accounting keeps apart, and where a posting of one of them lies.

A pool pays both kinds, divided or not, or one only. What it gave keeps its kind until it is spent or given back.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core.rules import BadInput
from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models.posting import Act

if TYPE_CHECKING:
    from initiatives.funding.models.accounts import Account
    from initiatives.funding.models.pools import Pool


class Nature(models.TextChoices):
    """What money is spent on, as accounting divides it: on what lasts for years, or on running."""

    CAPEX = "capex", "Capital expenditure"
    OPEX = "opex", "Operating expenditure"


UNDIVIDED = ""  # nobody said which of both
A_NATURE = Q(nature__in=(UNDIVIDED, *Nature.values))

PAYS_ITS_KIND = pgtrigger.Trigger(
    name="pays_its_kind",
    when=pgtrigger.Before,
    operation=update_of("nature"),
    func=with_refusals(
        """
        IF NEW.nature <> '' AND EXISTS (
            SELECT FROM funding_account given WHERE given.pool_id = NEW.id AND given.cost_object_id IS NOT NULL
                AND given.balance > 0 AND given.nature <> NEW.nature)
        THEN REFUSE gave_another_kind;
        END IF;
        RETURN NEW;
    """,
        gave_another_kind="The pool gave money of another kind already.",
    ),
)

OF_ITS_POOLS_KIND = pgtrigger.Trigger(
    name="of_its_pools_kind",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=with_refusals(
        """
        IF NEW.cost_object_id IS NOT NULL AND EXISTS (
            SELECT FROM funding_pool pool WHERE pool.id = NEW.pool_id AND pool.nature <> '' AND pool.nature <> NEW.nature)
        THEN REFUSE pool_pays_one_kind;
        END IF;
        RETURN NEW;
    """,
        pool_pays_one_kind="The pool pays the other kind of expenditure only.",
    ),
)

MOVES = {
    Act.COMMITTED: ("allocated", "committed"),
    Act.SPENT: ("committed", "spent"),
    Act.RELEASED: ("allocated", "available"),
}


def ends_of(
    act: Act, pool: "Pool", accounts: "Mapping[tuple[int, str, str], Account]", nature: str | None
) -> "tuple[Account | None, Account | None]":
    """The accounts between which the act moves money of this kind; without a kind, of the only one that lies there."""
    source, target = MOVES[act]
    found = [row for row in accounts.values() if (row.pool_id, row.kind) == (pool.pk, source)]
    if nature is not None:
        found = [row for row in found if row.nature == nature]
    lying = [row for row in found if row.balance > 0] or found
    if len(lying) > 1:
        raise BadInput(f"Say which kind of expenditure it is: {pool} gave money of several kinds.")
    if not lying:
        return None, None
    return lying[0], accounts.get((pool.pk, target, UNDIVIDED if target == "available" else lying[0].nature))


def not_enough(act: Act, source: "Account | None", pool: "Pool", amount: Decimal) -> str:
    """Why so much cannot be posted: what lies where the act takes it from."""
    where = "Committed and not spent are" if act == Act.SPENT else "Allocated and not committed are"
    return f"{where} {source.balance if source else 0:,.2f} {pool.currency} from {pool}; {amount:,.2f} is more."


def nature_name(nature: str) -> str:
    """The kind in words; what nobody divided says so."""
    return str(Nature(nature).label) if nature else "Not divided"
