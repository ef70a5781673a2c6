"""What the database itself keeps right about pools that two people change: how they are kept, and their budgets."""

import pgtrigger
from django.db import models

from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models.keeping import FIELDS
from initiatives.funding.models.proposal_laws import BY_WHO_PROPOSED


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for another person in finance"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Way(models.TextChoices):
    """How a budget is changed."""

    RAISE = "raise", "Budget raised"
    CUT = "cut", "Budget cut"


def made_by_two(*columns: str) -> pgtrigger.Trigger:
    """A change is proposed first, stays as it was proposed, and holds when another person in finance confirms it."""
    fixed = ("pool_id", "by_id", "reason", *columns)
    stands, stood = (", ".join(f"{row}.{name}" for name in fixed) for row in ("NEW", "OLD"))
    return pgtrigger.Trigger(
        name="made_by_two",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=with_refusals(
            f"""
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'proposed' THEN REFUSE a_change_is_proposed_first; END IF;
            RETURN NEW;
        END IF;
        IF ({stands}) IS DISTINCT FROM ({stood})
            OR (OLD.state, NEW.state) NOT IN (
                ('proposed', 'confirmed'), ('proposed', 'declined'), ('proposed', 'withdrawn'))
        THEN REFUSE a_change_stays;
        END IF;
        IF NEW.state = 'withdrawn' AND NEW.decided_by_id <> NEW.by_id THEN REFUSE withdrawn_by_who_proposed; END IF;
        IF NEW.state = 'confirmed' AND (NEW.decided_by_id = NEW.by_id OR NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.decided_by_id AND role.kind = 'finance'
                AND (role.ends IS NULL OR role.ends > role.starts)))
        THEN REFUSE a_change_is_made_by_two;
        END IF;
        RETURN NEW;
    """,
            a_change_is_proposed_first="A change of a pool is proposed before it is confirmed.",
            a_change_stays="What was proposed for a pool is not edited; it is declined and proposed anew.",
            withdrawn_by_who_proposed=BY_WHO_PROPOSED,
            a_change_is_made_by_two="A change of a pool holds when another person in finance confirms it.",
        ),
    )


# Beside `ways_open_to`.
PROPOSED_BY_ITS_PEOPLE = pgtrigger.Trigger(
    name="proposed_by_its_people",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=with_refusals(
        """
        IF NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.by_id AND (role.kind = 'cxo' OR (role.kind = 'finance' AND NEW.way = 'cut'))
                AND (role.ends IS NULL OR role.ends > role.starts))
        THEN REFUSE budgets_are_proposed_by_the_cxo;
        END IF;
        RETURN NEW;
    """,
        budgets_are_proposed_by_the_cxo="The CXO proposes a budget; a cut is proposed by the CXO or finance.",
    ),
)

_NOW, _THEN, _BEFORE = (", ".join(f"{row}.{name}" for name in FIELDS) for row in ("NEW", "change", "OLD"))

KEPT_AS_CONFIRMED = pgtrigger.Trigger(
    name="kept_as_confirmed",
    when=pgtrigger.Before,
    operation=update_of(*FIELDS),
    func=with_refusals(
        f"""
        IF ({_NOW}) IS DISTINCT FROM ({_BEFORE}) AND NOT EXISTS (
            SELECT FROM funding_controlchange change
            WHERE change.pool_id = NEW.id AND change.state = 'confirmed' AND ({_NOW}) = ({_THEN}) AND NOT EXISTS (
                SELECT FROM funding_controlchange later
                WHERE later.pool_id = NEW.id AND later.state = 'confirmed' AND later.id > change.id))
        THEN REFUSE kept_as_two_said;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        kept_as_two_said="How a pool is kept is proposed by one person in finance and confirmed by another.",
    ),
)
