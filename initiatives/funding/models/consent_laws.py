"""What the database itself keeps right about transfers between pools: both sides agree, within the limits that hold for requests.

A consent is looked at as the approval of the pool's budget that it is: by the same conditions as in `authority`.
"""

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models.authority import AUTHORITY, PLACES, within

AS_APPROVAL = [*AUTHORITY, ("given", "funding_approval%ROWTYPE"), ("moved", "funding_virement%ROWTYPE")]
MEASURED = f"""given.step := 'budget';
        given.by_id := {{consent}}.by_id;
        given.on_behalf_of_id := {{consent}}.on_behalf_of_id;
        given.pool_id := CASE WHEN {{consent}}.side = 'giver' THEN moved.giver_id ELSE moved.taker_id END;
        wanted := moved.amount;
        SELECT currency INTO money FROM funding_pool WHERE id = given.pool_id;{PLACES.format(given="given")}"""  # noqa: S608 - our own words

# A delegate and the head count as one. The virement is locked, so that two consents at the same instant see each other.
WITHIN_AUTHORITY = pgtrigger.Trigger(
    name="within_authority",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=AS_APPROVAL,
    func=with_refusals(
        f"""
        SELECT * INTO STRICT moved FROM funding_virement WHERE id = NEW.virement_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM funding_consent other WHERE other.virement_id = NEW.virement_id
                AND (other.on_behalf_of_id IN (NEW.by_id, NEW.on_behalf_of_id) OR other.by_id = NEW.on_behalf_of_id))
        THEN REFUSE nobody_agrees_for_both;
        END IF;
        {MEASURED.format(consent="NEW")}
        today := coalesce(NEW.day, NEW.at::date);
        IF abs(today - NEW.at::date) > 1 OR NOT {within("given")} THEN
            REFUSE agreed_within_authority;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        nobody_agrees_for_both="Nobody agrees for both sides.",
        agreed_within_authority="Who agrees for a pool holds a role that decides about it, with a limit that reaches the amount.",
    ),
)

# The same at the moment at which the money moves.
STILL_WITHIN_AUTHORITY = pgtrigger.Trigger(
    name="still_within_authority",
    when=pgtrigger.Before,
    operation=update_of("state"),
    declare=[*AS_APPROVAL, ("consent", "funding_consent%ROWTYPE")],
    func=with_refusals(
        f"""
        IF NEW.state = 'made' AND OLD.state <> 'made' THEN
            moved := NEW;
            SELECT greatest(max(coalesce(day, at::date)), NEW.decided_at::date - 1) INTO today
                FROM funding_consent WHERE virement_id = NEW.id;
            FOR consent IN SELECT * FROM funding_consent WHERE virement_id = NEW.id LOOP
                {MEASURED.format(consent="consent")}
                IF NOT {within("given")} THEN
                    REFUSE still_agreed_within_authority;
                END IF;
            END LOOP;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        still_agreed_within_authority="Somebody who agreed to this may no longer; withdraw it and propose it anew.",
    ),
)

AGREED_BY_BOTH = pgtrigger.Trigger(
    name="agreed_by_both",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'proposed' THEN REFUSE a_virement_is_proposed_first; END IF;
            IF NOT EXISTS (
                SELECT FROM funding_pool giver JOIN funding_pool taker USING (year_id, currency)
                WHERE giver.id = NEW.giver_id AND taker.id = NEW.taker_id)
            THEN REFUSE a_virement_stays_in_its_year;
            END IF;
            RETURN NEW;
        END IF;
        IF (NEW.giver_id, NEW.taker_id, NEW.amount, NEW.reason, NEW.by_id)
            IS DISTINCT FROM (OLD.giver_id, OLD.taker_id, OLD.amount, OLD.reason, OLD.by_id)
        THEN REFUSE what_was_proposed_stays;
        END IF;
        IF NEW.state = 'made' AND OLD.state <> 'made'
            AND (SELECT count(DISTINCT consent.side) FROM funding_consent consent WHERE consent.virement_id = NEW.id) < 2
        THEN REFUSE made_after_both_agreed;
        END IF;
        RETURN NEW;
    """,
        a_virement_is_proposed_first="A transfer between pools is proposed before it is made.",
        a_virement_stays_in_its_year="Money moves between pools of one fiscal year and one currency.",
        what_was_proposed_stays="What was proposed stays as it is; withdraw it and propose anew.",
        made_after_both_agreed="Money moves between pools only after both sides agreed.",
    ),
)

SIDES_APART = pgtrigger.Trigger(
    name="sides_apart",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=with_refusals(
        """
        IF NOT EXISTS (SELECT FROM funding_virement WHERE id = NEW.virement_id AND state = 'proposed') THEN
            REFUSE agreed_while_proposed;
        END IF;
        RETURN NEW;
    """,
        agreed_while_proposed="This transfer is decided already.",
    ),
)
