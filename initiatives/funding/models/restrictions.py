"""For which departments and stages pools give money: the rows that say so, which the database keeps as two people said."""

from typing import ClassVar

import pgtrigger

from initiatives.core.triggers import with_refusals
from initiatives.funding.models.control_changes import ControlChange
from initiatives.funding.models.pools import Pool


def chosen_as_confirmed(chosen: str, one: str) -> pgtrigger.Trigger:
    """Rows of a pool come and go as the last change of its control that was confirmed says."""
    return pgtrigger.Trigger(
        name=f"{chosen}_as_confirmed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("last", "bigint"), ("one", "record"), ("said", "boolean")],
        func=with_refusals(
            f"""
        IF TG_OP = 'DELETE' THEN one := OLD; ELSE one := NEW; END IF;
        SELECT max(id) INTO last FROM funding_controlchange WHERE pool_id = one.pool_id AND state = 'confirmed';
        said := EXISTS (
            SELECT FROM funding_controlchange_{chosen} WHERE controlchange_id = last AND {one}_id = one.{one}_id);
        IF TG_OP = 'UPDATE' OR last IS NULL OR said <> (TG_OP = 'INSERT') THEN REFUSE chosen_as_two_said; END IF;
        RETURN one;
    """,  # noqa: S608 - our own words
            chosen_as_two_said="For what a pool gives is proposed by one person in finance and confirmed by another.",
        ),
    )


def stays_as_proposed(chosen: str) -> pgtrigger.Trigger:
    """Rows of a change are written with it, and stay."""
    return pgtrigger.Trigger(
        name=f"{chosen}_stay",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=with_refusals(
            """
        IF TG_OP <> 'INSERT' OR EXISTS (
            SELECT FROM funding_controlchange WHERE id = NEW.controlchange_id AND state <> 'proposed')
        THEN REFUSE a_change_stays;
        END IF;
        RETURN NEW;
    """,
            a_change_stays="What was proposed for a pool is not edited; it is declined and proposed anew.",
        ),
    )


class PoolDepartment(Pool.for_departments.through):  # type: ignore[name-defined]  # made by Django
    class Meta:
        proxy = True
        triggers: ClassVar = [chosen_as_confirmed("for_departments", "department")]


class PoolStage(Pool.for_stages.through):  # type: ignore[name-defined]  # made by Django
    class Meta:
        proxy = True
        triggers: ClassVar = [chosen_as_confirmed("for_stages", "stage")]


class ChangeDepartment(ControlChange.for_departments.through):  # type: ignore[name-defined]  # made by Django
    class Meta:
        proxy = True
        triggers: ClassVar = [stays_as_proposed("for_departments")]


class ChangeStage(ControlChange.for_stages.through):  # type: ignore[name-defined]  # made by Django
    class Meta:
        proxy = True
        triggers: ClassVar = [stays_as_proposed("for_stages")]
