"""What the database itself keeps right about the money of work that rests or has ended: nothing more is committed of it."""

import pgtrigger

from initiatives.core.triggers import update_of
from initiatives.funding.books import verify_too
from initiatives.funding.models.figures import Stopped
from initiatives.portfolio.models.words import OVER, Status

_over = ", ".join(f"'{Status(status).value}'" for status in OVER)
SAYS = f"""CASE WHEN {{status}} = '{Status.PAUSED.value}' THEN '{Stopped.PAUSED.value}'
            WHEN {{status}} IN ({_over}) THEN '{Stopped.OVER.value}' ELSE '' END"""

STOPS_MONEY = pgtrigger.Trigger(
    name="stops_money",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | update_of("status"),
    declare=[("says", "varchar(6)")],
    func=f"""
        says := {SAYS.format(status="NEW.status")};
        UPDATE funding_costobject SET stopped = says WHERE id = NEW.cost_object_id AND stopped <> says;
        RETURN NULL;
    """,  # noqa: S608 - our own words
)

RESTING = f"""
SELECT 'whether its work rests is told wrongly', 'cost object', thing.id, thing.stopped, {SAYS.format(status="work.status")}
    FROM funding_costobject thing JOIN portfolio_initiative work ON work.cost_object_id = thing.id
    WHERE thing.stopped <> {SAYS.format(status="work.status")}
"""  # noqa: S608 - our own words
verify_too(RESTING)
