"""What the database itself keeps right about who may approve how much, whoever writes to it.

The same as initiatives.funding.models.deciders and limits, read in SQL. An approval carries the company's day by which its
roles counted, for the database does not know the company's time zone; it only takes a day near the approval's instant.
"""

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding.models.proposal_laws import set_by_two

# Whether `person` holds on `day` a role whose limit reaches `amount` of `currency`, in one of `places` or company-wide. Who
# administers the product holds none that counts.
REACHES = """EXISTS (
    SELECT FROM organization_role role
    WHERE role.person_id = {person} AND role.kind IN {kinds}
        AND (role.department_id IS NULL OR role.department_id = ANY ({places}))
        AND role.starts <= {day} AND (role.ends IS NULL OR role.ends > {day})
        AND NOT EXISTS (
            SELECT FROM organization_role other WHERE other.person_id = role.person_id AND other.kind = 'administrator'
                AND other.starts <= {day} AND (other.ends IS NULL OR other.ends > {day}))
        AND coalesce(
            (SELECT coalesce(found.amount, 'infinity') FROM funding_approvallimit found
                WHERE {applies} AND found.currency = {currency}
                ORDER BY found.person_id IS NULL, found.department_id IS NULL LIMIT 1),
            (SELECT 0 FROM funding_approvallimit found WHERE {applies} AND found.amount IS NOT NULL LIMIT 1),
            'infinity') >= {amount})"""
APPLIES = """found.state = 'confirmed' AND found.kind = role.kind
                AND (found.department_id IS NULL OR found.department_id = role.department_id)
                AND (found.person_id IS NULL OR found.person_id = role.person_id)
                AND found.starts <= {day} AND (found.ends IS NULL OR found.ends > {day})"""


def reaches(**words: str) -> str:
    """The condition that a person's authority is enough, written out for one trigger."""
    return REACHES.format(applies=APPLIES.format(day=words["day"]), **words)


# Budget: head or deputy of the pool's department or of one above it, or the CXO; the head above: the same without the pool's
# own department. Everybody else signs by a company-wide role, for the whole request: finance, or the further step's signer,
# for the CXO the CEO as well.
AUTHORITY = [
    ("places", "bigint[]"),
    ("wanted", "numeric"),
    ("money", "varchar(3)"),
    ("today", "date"),
    ("signer", "varchar(5)"),
]
PLACES = """
        signer := NULL;
        IF {given}.step = 'further' THEN
            SELECT asked.steps->({given}.further - 1)->>'signer' INTO signer
                FROM funding_fundingrequest asked WHERE asked.id = {given}.request_id;
        END IF;
        IF {given}.step = 'budget' OR signer = 'above' THEN
            WITH RECURSIVE above(id) AS (
                SELECT CASE WHEN {given}.step = 'budget' THEN pool.department_id ELSE own.parent_id END
                FROM funding_pool pool LEFT JOIN organization_department own ON own.id = pool.department_id
                WHERE pool.id = {given}.pool_id
                UNION
                SELECT one.parent_id FROM organization_department one JOIN above ON one.id = above.id)
            SELECT array_agg(above.id) INTO places FROM above WHERE above.id IS NOT NULL;
        ELSE
            places := NULL;
        END IF;"""
SUMS = """
        SELECT sum(line.amount), max(pool.currency) INTO wanted, money
            FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id
            WHERE line.request_id = {given}.request_id AND ({given}.pool_id IS NULL OR line.pool_id = {given}.pool_id);"""
MEASURE = f"{PLACES}{SUMS}"


# A head's delegate decides about the pools of the one department (or signs as the head above them), while working there; that
# of a company-wide role where the role decides, while in the company. Both within the right of whom they stand for.
DELEGATED = """EXISTS (
    SELECT FROM funding_delegation named
    WHERE named.head_id = {given}.on_behalf_of_id AND named.delegate_id = {given}.by_id
        AND CASE WHEN named.department_id IS NULL THEN
            named.kind = CASE WHEN {given}.step = 'budget' OR signer = 'above' THEN 'cxo' ELSE coalesce(signer, 'finance') END
            ELSE named.department_id = (
                SELECT CASE WHEN {given}.step = 'budget' THEN pool.department_id ELSE own.parent_id END
                FROM funding_pool pool LEFT JOIN organization_department own ON own.id = pool.department_id
                WHERE pool.id = {given}.pool_id) END
        AND named.starts <= today AND named.ends > today
        AND (named.cap IS NULL OR (named.cap >= wanted AND named.currency = money))
        AND EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = named.delegate_id
                AND (named.department_id IS NULL OR role.department_id = named.department_id)
                AND role.starts <= today AND (role.ends IS NULL OR role.ends > today))
        AND NOT EXISTS (
            SELECT FROM organization_role other WHERE other.person_id = named.delegate_id AND other.kind = 'administrator'
                AND other.starts <= today AND (other.ends IS NULL OR other.ends > today))
        AND {head})"""


def within(given: str) -> str:
    """The condition that the approval in the variable `given` is within the authority that its giver has on `today`."""
    more = {"day": "today", "amount": "wanted", "currency": "money"}
    by, head = f"{given}.by_id", f"{given}.on_behalf_of_id"
    budget = reaches(kinds="('head', 'deputy', 'cxo')", places="coalesce(places, '{}')", person=by, **more)
    company = reaches(
        kinds="(coalesce(signer, 'finance'), CASE WHEN signer = 'cxo' THEN 'ceo' END)", places="'{}'::bigint[]", person=by, **more
    )
    heads = reaches(kinds="(named.kind)", places="ARRAY[named.department_id]", person=head, **more)
    return f"""(CASE WHEN {head} IS NOT NULL THEN {DELEGATED.format(given=given, head=heads)}
        WHEN {given}.step = 'budget' OR signer = 'above' THEN {budget} ELSE {company} END)"""


WITHIN_AUTHORITY = pgtrigger.Trigger(
    name="within_authority",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=AUTHORITY,
    func=with_refusals(
        f"""{MEASURE.format(given="NEW")}
        today := coalesce(NEW.day, NEW.at::date);
        IF abs(today - NEW.at::date) > 1 OR NOT {within("NEW")} THEN
            REFUSE within_authority;
        END IF;
        RETURN NEW;
    """,
        within_authority="Who approves holds a role that decides this step, with a limit that reaches the amount.",
    ),
)

# The same at the moment at which the money moves: what was approved by authority that ended since is not carried out.
STILL_WITHIN_AUTHORITY = pgtrigger.Trigger(
    name="still_within_authority",
    when=pgtrigger.Before,
    operation=update_of("state"),
    declare=[*AUTHORITY, ("given", "funding_approval%ROWTYPE"), ("owner", "bigint")],
    func=with_refusals(
        f"""
        IF NEW.state = 'allocated' AND OLD.state <> 'allocated' THEN
            SELECT greatest(max(coalesce(day, at::date)), NEW.decided_at::date - 1) INTO today
                FROM funding_approval WHERE request_id = NEW.id;
            SELECT owner_id INTO owner FROM funding_costobject WHERE id = NEW.cost_object_id;
            FOR given IN SELECT * FROM funding_approval WHERE request_id = NEW.id LOOP
                {MEASURE.format(given="given")}
                IF given.on_behalf_of_id IN (NEW.requester_id, owner) OR NOT {within("given")} THEN
                    REFUSE still_within_authority;
                END IF;
            END LOOP;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        still_within_authority="Somebody who approved this may no longer; withdraw the request and ask anew.",
    ),
)

LIMITS_STAY = set_by_two(
    "limits_stay",
    *("kind", "department_id", "person_id", "amount", "currency"),
    proposed_first=("a_limit_is_proposed_first", "A limit is proposed before it is confirmed."),
    stays=("what_was_set_stays", "A limit is not edited; another one takes its place."),
    by_a_cxo=("confirmed_by_a_cxo", "A limit takes effect when a CXO confirms it who did not propose it."),
)

# A delegate and the head count as one: neither may have asked, own, or have approved already. The request is locked, so that
# two approvals at the same instant see each other.
BOTH_APART = pgtrigger.Trigger(
    name="both_apart",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("request", "funding_fundingrequest%ROWTYPE"), ("owner", "bigint")],
    func=with_refusals(
        """
        SELECT * INTO STRICT request FROM funding_fundingrequest WHERE id = NEW.request_id FOR NO KEY UPDATE;
        SELECT owner_id INTO owner FROM funding_costobject WHERE id = request.cost_object_id;
        IF NEW.on_behalf_of_id IN (request.requester_id, owner) THEN
            REFUSE not_on_behalf_of_who_asks;
        END IF;
        IF EXISTS (
            SELECT FROM funding_approval given WHERE given.request_id = NEW.request_id
                AND (given.on_behalf_of_id IN (NEW.by_id, NEW.on_behalf_of_id) OR given.by_id = NEW.on_behalf_of_id))
        THEN REFUSE nobody_approves_twice;
        END IF;
        RETURN NEW;
    """,
        not_on_behalf_of_who_asks="Nobody approves on behalf of who asks for the money or owns what it is for.",
        nobody_approves_twice="Nobody approves a request twice.",
    ),
)

DELEGATIONS_STAY = pgtrigger.Trigger(
    name="delegations_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        IF TG_OP = 'UPDATE' THEN
            IF NEW.ends > OLD.ends
                OR (NEW.kind, NEW.department_id, NEW.head_id, NEW.delegate_id, NEW.starts, NEW.cap, NEW.currency)
                    IS DISTINCT FROM
                    (OLD.kind, OLD.department_id, OLD.head_id, OLD.delegate_id, OLD.starts, OLD.cap, OLD.currency)
            THEN REFUSE a_delegation_only_ends;
            END IF;
            RETURN NEW;
        END IF;
        IF NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.head_id AND role.department_id IS NOT DISTINCT FROM NEW.department_id
                AND role.kind = NEW.kind
                AND role.starts <= NEW.starts AND (role.ends IS NULL OR role.ends > NEW.starts))
        THEN REFUSE named_by_the_head;
        END IF;
        IF NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.delegate_id
                AND (NEW.department_id IS NULL OR role.department_id = NEW.department_id)
                AND role.starts <= NEW.starts AND (role.ends IS NULL OR role.ends > NEW.starts))
        THEN REFUSE named_from_the_department;
        END IF;
        RETURN NEW;
    """,
        a_delegation_only_ends="A delegation is not edited; end it and name a delegate anew.",
        named_by_the_head="Only who holds the role names a delegate for it.",
        named_from_the_department="A delegate is an active member of the department, or of the company.",
    ),
)
