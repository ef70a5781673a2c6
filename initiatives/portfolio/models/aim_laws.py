"""What the database itself keeps right about money that a pool gives for some stages or types only: who asks is for these."""

from typing import ClassVar

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models import FundingRequest

# The stages of the initiative in `work`: where it improves a touchpoint, and where the problems stand that it answers.
STAGES = """
    SELECT place.stage_id FROM portfolio_improvedtouchpoint aim
        JOIN journey_touchpoint place ON place.id = aim.touchpoint_id
        WHERE aim.initiative_id = work.id AND aim.left_at IS NULL
    UNION
    SELECT place.stage_id FROM portfolio_answeredproblem aim
        JOIN journey_problemtouchpoint link ON link.problem_id = aim.problem_id
        JOIN journey_touchpoint place ON place.id = link.touchpoint_id
        WHERE aim.initiative_id = work.id AND aim.left_at IS NULL"""

# Beside funding's obstacle_to_give, which is told of aims by this room (seams.aims_of). A cost object that stands for no
# initiative is not of this room: nothing is known of what it is for. The pools are locked as within_control locks them.
GIVEN_FOR_ITS_AIMS = pgtrigger.Trigger(
    name="given_for_its_aims",
    when=pgtrigger.Before,
    operation=update_of("state"),
    declare=[("work", "portfolio_initiative%ROWTYPE")],
    func=with_refusals(
        f"""
        IF NEW.state = OLD.state OR NEW.state NOT IN ('submitted', 'allocated') THEN RETURN NEW; END IF;
        SELECT * INTO work FROM portfolio_initiative WHERE cost_object_id = NEW.cost_object_id;
        IF NOT FOUND THEN RETURN NEW; END IF;
        PERFORM FROM funding_pool WHERE id IN (SELECT pool_id FROM funding_requestline WHERE request_id = NEW.id)
            ORDER BY id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id
            WHERE line.request_id = NEW.id AND cardinality(pool.for_types) > 0 AND work.type <> ALL (pool.for_types))
        THEN REFUSE pool_gives_for_other_types;
        END IF;
        IF EXISTS (
            SELECT FROM funding_requestline line WHERE line.request_id = NEW.id
                AND EXISTS (SELECT FROM funding_pool_for_stages kept WHERE kept.pool_id = line.pool_id)
                AND NOT EXISTS (
                    SELECT FROM funding_pool_for_stages kept
                    WHERE kept.pool_id = line.pool_id AND kept.stage_id IN ({STAGES})))
        THEN REFUSE pool_gives_for_other_stages;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        pool_gives_for_other_types="A pool that is asked does not give money for initiatives of this type.",
        pool_gives_for_other_stages="A pool that is asked gives money for other stages only.",
    ),
)


class AimedRequest(FundingRequest):
    """A request for money as this room looks at it: with what the initiative is for."""

    class Meta:
        proxy = True
        triggers: ClassVar = [GIVEN_FOR_ITS_AIMS]
