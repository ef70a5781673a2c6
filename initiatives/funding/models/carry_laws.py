"""What the database itself keeps right about money that is carried forward, whoever writes to it."""

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core.rules import says
from initiatives.core.triggers import with_refusals
from initiatives.funding.models.posting import Act

_BY_CARRYING = Q(act__in=(Act.CARRIED, Act.BROUGHT))
CARRIED_AS_SAID: list[models.BaseConstraint] = [  # of a journal
    models.CheckConstraint(
        condition=(_BY_CARRYING & Q(carryover__isnull=False)) | (~_BY_CARRYING & Q(carryover=None)),
        name=says("carried_as_two_said", "Money is carried forward as two people said."),
    ),
    models.UniqueConstraint(fields=["carryover", "act"], name=says("carried_once", "This was carried forward already.")),
]

# Beside `Pool.objects.following` and `obstacle_to_carry`. The database does not know the company's time zone: on the last day of
# the year it may be a day behind.
CARRIED_INTO_THE_NEXT = pgtrigger.Trigger(
    name="carried_into_the_next",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        IF TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.by_id AND role.kind = 'finance' AND (role.ends IS NULL OR role.ends > role.starts))
        THEN REFUSE carried_by_finance;
        END IF;
        IF NEW.state IN ('proposed', 'confirmed') AND NOT EXISTS (
            SELECT FROM funding_pool here JOIN funding_fiscalyear year ON year.id = here.year_id
            JOIN funding_pool there ON there.id = NEW.into_id JOIN funding_fiscalyear next ON next.id = there.year_id
            WHERE here.id = NEW.pool_id AND here.department_id IS NOT DISTINCT FROM there.department_id
                AND lower(here.name) = lower(there.name) AND here.currency = there.currency AND here.nature = there.nature
                AND next.starts = (SELECT min(later.starts) FROM funding_fiscalyear later WHERE later.starts > year.ends)
                AND year.ends <= coalesce(NEW.decided_at, NEW.at)::date)
        THEN REFUSE carried_into_the_next_year;
        END IF;
        RETURN NEW;
    """,
        carried_by_finance="Only finance carries money forward.",
        carried_into_the_next_year="Free money of a year that is over is carried into the same pool of the year that follows.",
    ),
)

# The part of `move_money`: out of the one pool as one person proposed and the other, who posts it, confirmed; into the other
# pool when it has left the one.
CARRIED = """EXISTS (
                    SELECT FROM funding_carryover carry
                    WHERE carry.id = book.carryover_id AND carry.state = 'confirmed' AND carry.amount = NEW.amount
                        AND carry.pool_id = source.pool_id AND carry.decided_by_id = book.by_id)"""
BROUGHT = """EXISTS (
                    SELECT FROM funding_carryover carry
                    JOIN funding_journal gone ON gone.carryover_id = carry.id AND gone.act = 'carried'
                    JOIN funding_transfer moved ON moved.journal_id = gone.id
                    WHERE carry.id = book.carryover_id AND carry.state = 'confirmed' AND carry.amount = NEW.amount
                        AND carry.into_id = source.pool_id AND carry.decided_by_id = book.by_id)"""
