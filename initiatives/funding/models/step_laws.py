"""What the database itself keeps right about further steps: which a request asks for, and that each of them is signed.

A request takes over the steps that are in force on the day of its submission, and keeps them: {place, signer, pool}.
"""

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models.proposal_laws import set_by_two

_HOLDS = """{rule}.state = 'confirmed' AND {rule}.above IS NOT NULL
            AND {rule}.starts <= day AND ({rule}.ends IS NULL OR {rule}.ends > day)"""

# Company-wide rules look at the whole request, those of a department at what its own pools are asked for. A request in a
# currency of which nobody said from which amount on is signed whatever its amount. The head above signs for each pool apart,
# everybody else once.
_IN_FORCE = f"""
    SELECT coalesce(jsonb_agg(jsonb_build_object('place', place, 'signer', signer, 'pool', pool)
            ORDER BY place, signer, pool), '[]') FROM (
        SELECT DISTINCT ON (rule.signer, asked.pool) rule.place, rule.signer, asked.pool
        FROM funding_steprule rule
        CROSS JOIN LATERAL (
            SELECT sum(line.amount) AS amount FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id
            WHERE line.request_id = NEW.id AND (rule.department_id IS NULL OR pool.department_id = rule.department_id)) part
        CROSS JOIN LATERAL (
            SELECT DISTINCT CASE WHEN rule.signer = 'above' THEN pool.id END AS pool
            FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id
            WHERE line.request_id = NEW.id AND (rule.department_id IS NULL OR pool.department_id = rule.department_id)
                AND (rule.signer <> 'above' OR pool.department_id IS NOT NULL)) asked
        WHERE {_HOLDS.format(rule="rule")} AND CASE
            WHEN rule.currency = NEW.currency THEN part.amount > rule.above
            ELSE NOT EXISTS (
                SELECT FROM funding_steprule own WHERE own.state = 'confirmed' AND own.currency = NEW.currency
                    AND own.signer = rule.signer AND own.department_id IS NOT DISTINCT FROM rule.department_id
                    AND own.starts <= day AND (own.ends IS NULL OR own.ends > day)) END
        ORDER BY rule.signer, asked.pool, rule.place) found"""  # noqa: S608 - our own words

STEPS_IN_FORCE = pgtrigger.Trigger(
    name="steps_in_force",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | update_of("state", "steps", "submitted_on"),
    declare=[("day", "date")],
    func=with_refusals(
        f"""
        IF TG_OP = 'INSERT' THEN
            IF NEW.steps <> '[]' THEN REFUSE steps_are_taken_over; END IF;
        ELSIF OLD.state = 'draft' AND NEW.state = 'submitted' THEN
            day := coalesce(NEW.submitted_on, NEW.submitted_at::date, CURRENT_DATE);
            IF abs(day - coalesce(NEW.submitted_at::date, CURRENT_DATE)) > 1 THEN REFUSE steps_are_taken_over; END IF;
            NEW.steps := ({_IN_FORCE});
        ELSIF NEW.steps <> OLD.steps OR NEW.submitted_on IS DISTINCT FROM OLD.submitted_on THEN
            REFUSE steps_are_taken_over;
        END IF;
        RETURN NEW;
    """,
        steps_are_taken_over="A request keeps the steps that were in force on the day on which it was submitted.",
    ),
)

# The same of a draft, as if it were submitted on this day: %(day)s, %(request)s.
IF_SUBMITTED = f"""SELECT ({_IN_FORCE.replace("NEW.", "draft.")})
    FROM funding_fundingrequest draft, (SELECT %(day)s::date AS day) today WHERE draft.id = %(request)s"""  # noqa: S608 - our own words

# The further steps of the request in the variable `request` that nobody has signed.
UNSIGNED = """SELECT FROM jsonb_array_elements({request}.steps) WITH ORDINALITY AS asked(step, number)
                WHERE NOT EXISTS (
                    SELECT FROM funding_approval given WHERE given.request_id = {request}.id AND given.step = 'further'
                        AND given.further = asked.number)"""

# A further approval names a step of the request, and all in places before it are signed.
IN_ITS_PLACE = f"""(EXISTS (
                SELECT FROM jsonb_array_elements(request.steps) WITH ORDINALITY AS mine(step, number)
                WHERE mine.number = NEW.further AND (mine.step->>'pool')::bigint IS NOT DISTINCT FROM NEW.pool_id
                    AND NOT EXISTS (
                        {UNSIGNED.format(request="request")} AND (asked.step->>'place')::int < (mine.step->>'place')::int)))"""  # noqa: S608 - our own words

RULES_STAY = set_by_two(
    "rules_stay",
    *("signer", "department_id", "above", "currency", "place"),
    proposed_first=("a_step_is_proposed_first", "A step is proposed before it is confirmed."),
    stays=("what_was_set_as_step_stays", "A step is not edited; another one takes its place."),
    by_a_cxo=("steps_confirmed_by_a_cxo", "A step takes effect when a CXO confirms it who did not propose it."),
)
