"""What the database itself keeps right about requests: their steps, their lines, what they ask for, and who may approve."""

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models.seed_laws import SEED_WITHIN
from initiatives.funding.models.step_laws import IN_ITS_PLACE, UNSIGNED
from initiatives.funding.models.triggers import BESIDE

LEGAL_STEPS = pgtrigger.Trigger(
    name="legal_steps",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("owner", "bigint")],
    func=with_refusals(
        f"""
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'draft' THEN
                REFUSE a_request_starts_as_a_draft;
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.currency <> OLD.currency OR OLD.state <> 'draft'
            AND (NEW.cost_object_id, NEW.requester_id, NEW.purpose, NEW.version, NEW.seed)
                IS DISTINCT FROM (OLD.cost_object_id, OLD.requester_id, OLD.purpose, OLD.version, OLD.seed)
        THEN REFUSE submitted_requests_stay;
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('draft', 'submitted'), ('draft', 'withdrawn'),
            ('submitted', 'allocated'), ('submitted', 'declined'), ('submitted', 'withdrawn'),
            ('submitted', 'returned'), ('returned', 'submitted'), ('returned', 'withdrawn'),
            ('submitted', 'expired'), ('returned', 'expired'))
        THEN REFUSE only_legal_steps;
        END IF;
        IF NEW.state = 'allocated' AND OLD.state = 'submitted' THEN
            SELECT owner_id INTO owner FROM funding_costobject WHERE id = NEW.cost_object_id;
            IF EXISTS (
                SELECT FROM funding_requestline line WHERE line.request_id = NEW.id AND NOT EXISTS (
                    SELECT FROM funding_approval given
                    WHERE given.request_id = NEW.id AND given.step = 'budget' AND given.pool_id = line.pool_id))
                OR (NOT EXISTS (
                    SELECT FROM funding_approval given WHERE given.request_id = NEW.id AND given.step = 'finance')
                    AND NOT (NEW.seed AND {SEED_WITHIN}))
                OR EXISTS ({UNSIGNED.format(request="NEW")})
                OR EXISTS (
                    SELECT FROM funding_approval given
                    WHERE given.request_id = NEW.id AND given.by_id IN (NEW.requester_id, owner))
                OR (SELECT count(DISTINCT given.shown) FROM funding_approval given WHERE given.request_id = NEW.id) > 1
            THEN REFUSE allocated_after_all_approvals;
            END IF;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        a_request_starts_as_a_draft="A request starts as a draft.",
        submitted_requests_stay="What was submitted stays as it is; withdraw it and ask anew.",
        only_legal_steps="A request cannot go from its state to that one.",
        allocated_after_all_approvals="Money is allocated only after every approval, by people who may give it.",
    ),
)

# What is asked for and not yet decided is added up on the pools and the cost object. Pools are locked in the order of their ids.
KEEP_ASKED = pgtrigger.Trigger(
    name="keep_asked",
    when=pgtrigger.After,
    operation=update_of("state"),
    declare=[("sign", "integer"), ("wanted", "numeric")],
    func=f"""
        sign := (NEW.state IN ('submitted', 'returned'))::int - (OLD.state IN ('submitted', 'returned'))::int;
        IF sign <> 0 THEN
            PERFORM FROM funding_pool WHERE id IN (SELECT pool_id FROM funding_requestline WHERE request_id = NEW.id)
                ORDER BY id FOR NO KEY UPDATE;
            UPDATE funding_pool SET asked = asked + sign * part.amount
                FROM (
                    SELECT pool_id, sum(amount) AS amount FROM funding_requestline WHERE request_id = NEW.id GROUP BY pool_id
                ) part WHERE part.pool_id = funding_pool.id;
            SELECT coalesce(sum(amount), 0) INTO wanted FROM funding_requestline WHERE request_id = NEW.id;
            UPDATE funding_costobject SET asked = asked + sign * wanted
                WHERE id = NEW.cost_object_id AND currency = NEW.currency;
            IF NOT FOUND THEN
                {BESIDE.format(thing="NEW.cost_object_id", currency="NEW.currency")}
                UPDATE funding_foreignmoney SET asked = asked + sign * wanted
                    WHERE cost_object_id = NEW.cost_object_id AND currency = NEW.currency;
            END IF;
        END IF;
        RETURN NULL;
    """,  # noqa: S608 - our own words
)

LINES_STAY = pgtrigger.Trigger(
    name="lines_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("request", "funding_fundingrequest%ROWTYPE"), ("kept", "varchar(3)")],
    func=with_refusals(
        """
        SELECT * INTO STRICT request FROM funding_fundingrequest
            WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.request_id ELSE OLD.request_id END FOR SHARE;
        IF TG_OP <> 'INSERT' OR request.state <> 'draft' THEN
            REFUSE submitted_requests_stay;
        END IF;
        SELECT currency INTO kept FROM funding_pool WHERE id = NEW.pool_id;
        IF kept <> request.currency THEN
            REFUSE one_currency_in_a_request;
        END IF;
        RETURN NEW;
    """,
        submitted_requests_stay="What was submitted stays as it is; withdraw it and ask anew.",
        one_currency_in_a_request="The pool keeps another currency than this request.",
    ),
)

DUTIES_APART = pgtrigger.Trigger(
    name="duties_apart",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("request", "funding_fundingrequest%ROWTYPE"), ("owner", "bigint")],
    func=with_refusals(
        f"""
        SELECT * INTO STRICT request FROM funding_fundingrequest WHERE id = NEW.request_id FOR SHARE;
        SELECT owner_id INTO owner FROM funding_costobject WHERE id = request.cost_object_id FOR SHARE;
        IF NEW.by_id = request.requester_id THEN
            REFUSE requester_does_not_approve;
        END IF;
        IF NEW.by_id = owner THEN
            REFUSE owner_does_not_approve;
        END IF;
        IF request.state <> 'submitted'
            OR (NEW.step = 'budget' AND NOT EXISTS (
                SELECT FROM funding_requestline line WHERE line.request_id = request.id AND line.pool_id = NEW.pool_id))
            OR (NEW.step = 'further' AND NOT {IN_ITS_PLACE})
            OR (NEW.step = 'finance' AND EXISTS ({UNSIGNED.format(request="request")}))
            OR (NEW.step <> 'budget' AND EXISTS (
                SELECT FROM funding_requestline line WHERE line.request_id = request.id AND NOT EXISTS (
                    SELECT FROM funding_approval given
                    WHERE given.request_id = request.id AND given.step = 'budget' AND given.pool_id = line.pool_id)))
        THEN REFUSE approvals_in_order;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        requester_does_not_approve="Who asks for money does not approve it.",
        owner_does_not_approve="Who owns what the money is for does not approve it.",
        approvals_in_order="This approval is not due: each pool decides first, then who signs further, then finance.",
    ),
)
