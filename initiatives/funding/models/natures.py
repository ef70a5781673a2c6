"""The two kinds of money that accounting keeps apart.

A pool pays both kinds, divided or not, or one only. What it gave keeps its kind until it is spent or given back.
"""

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core.triggers import update_of, with_refusals


class Nature(models.TextChoices):
    """What money is spent on, as accounting divides it: on what lasts for years, or on running."""

    CAPEX = "capex", "Capital expenditure"
    OPEX = "opex", "Operating expenditure"


UNDIVIDED = ""  # nobody said which of both
A_NATURE = Q(nature__in=(UNDIVIDED, *Nature.values))

GAVE_ANOTHER_KIND = "The pool gave money of another kind already."
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
        gave_another_kind=GAVE_ANOTHER_KIND,
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


def nature_name(nature: str) -> str:
    """The kind in words; what nobody divided says so."""
    return str(Nature(nature).label) if nature else "Not divided"
