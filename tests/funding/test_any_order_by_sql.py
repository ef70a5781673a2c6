"""Twenty thousand random steps by SQL, past the product: the database itself takes none that must not be.

Approvals by anybody for anything, questions, answers and changes of state come in any order; what was taken is judged
afterwards by rules that are written here anew.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from initiatives.funding.models import CostObject, Delegation, FundingRequest, RequestLine
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

STEPS, SEED, REQUESTS = 20_000, 0.20261122, 150
LEGAL = {
    ("draft", "submitted"), ("draft", "withdrawn"), ("submitted", "allocated"), ("submitted", "declined"),
    ("submitted", "withdrawn"), ("submitted", "returned"), ("submitted", "expired"),
    ("returned", "submitted"), ("returned", "withdrawn"),
    ("returned", "expired"),
}  # fmt: skip
TRY = """
CREATE TEMPORARY TABLE taken (request bigint, was varchar, became varchar) ON COMMIT DROP;
DO $$
DECLARE
    ids bigint[] := {requests}; people bigint[] := {people}; heads bigint[] := {heads}; pools bigint[] := {pools};
    states varchar[] := array_fill('submitted'::varchar, ARRAY[8]) || array_fill('allocated'::varchar, ARRAY[10])
        || '{{draft,declined,withdrawn,returned,expired}}'::varchar[];
    one bigint; was varchar; next varchar; dice float;
BEGIN
    PERFORM setseed({seed});
    FOR step IN 1..{steps} LOOP
        one := ids[1 + floor(random() * cardinality(ids))];
        dice := random();
        BEGIN
            IF dice < 0.8 THEN
                INSERT INTO funding_approval (request_id, step, pool_id, by_id, on_behalf_of_id, shown, at, day)
                SELECT one, CASE WHEN pool IS NULL THEN 'finance' ELSE 'budget' END, pool,
                    people[1 + floor(random() * cardinality(people))],
                    CASE WHEN random() < 0.3 THEN heads[1 + floor(random() * cardinality(heads))] END, 'x', now(), {day}
                FROM (SELECT pools[1 + floor(random() * cardinality(pools))] AS pool) AS chosen;
            ELSIF dice < 0.82 THEN
                INSERT INTO funding_question (request_id, by_id, text, at, answer, days_to_decide, days_to_expire)
                VALUES (one, people[1], 'Why?', now(), '', 1, 1);
                UPDATE funding_fundingrequest SET state = 'returned' WHERE id = one;
                INSERT INTO taken VALUES (one, 'submitted', 'returned');
            ELSIF dice < 0.85 THEN
                UPDATE funding_question SET answer = 'So.', answered_at = now() WHERE request_id = one AND answered_at IS NULL;
            ELSE
                next := states[1 + floor(random() * cardinality(states))];
                SELECT state INTO was FROM funding_fundingrequest WHERE id = one;
                UPDATE funding_fundingrequest SET state = next, decided_at = now() WHERE id = one;
                IF was <> next THEN INSERT INTO taken VALUES (one, was, next); END IF;
            END IF;
        EXCEPTION WHEN integrity_constraint_violation THEN NULL;
        END;
    END LOOP;
END $$;
"""


@dataclass
class Outcome:
    steps: set[tuple[str, str]]
    allocated: int
    wrong: list[str]


@pytest.fixture
def requests(cast: Cast, treasury: Treasury) -> list[FundingRequest]:
    """Drafts by and for everybody: on the pool of OPS, every third also on that of MKT."""
    people = [cast.contributor("OPS"), cast.head("OPS"), cast.deputy("OPS"), cast.person("dina_delegate", "contributor", "OPS")]
    ops, mkt = treasury.pool("OPS"), treasury.pool("MKT")
    _ = cast.head("MKT"), cast.nobody
    days = {"starts": today(), "ends": today() + timedelta(days=7)}
    Delegation.objects.appoint(cast.department("OPS"), people[3], by=people[1], reason="On leave", **days)
    things = CostObject.objects.bulk_create(CostObject(owner=people[n % 4], department=ops.department) for n in range(REQUESTS))
    found = FundingRequest.objects.bulk_create(
        FundingRequest(cost_object=thing, requester=people[n // 4 % 4], purpose="Kiosks") for n, thing in enumerate(things)
    )
    RequestLine.objects.bulk_create(RequestLine(request=one, pool=ops, amount=Decimal(1)) for one in found)
    RequestLine.objects.bulk_create(RequestLine(request=one, pool=mkt, amount=Decimal(1)) for one in found[::3])
    return found


def tried(cast: Cast, treasury: Treasury, requests: list[FundingRequest], steps: int) -> Outcome:
    """What is left after these random steps, as the rules below judge it."""
    array = lambda rows: f"ARRAY[{', '.join(str(row.pk) for row in rows)}]::bigint[]"  # noqa: E731 - one line of SQL
    heads = [cast.head("OPS"), cast.head("MKT")]
    pools = f"ARRAY[{treasury.pool('OPS').pk}, {treasury.pool('MKT').pk}, NULL]::bigint[]"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken")
        words = {"requests": array(requests), "people": array(User.objects.order_by("pk")), "heads": array(heads), "pools": pools}
        cursor.execute(TRY.format(**words, seed=SEED, steps=steps, day=f"'{today()}'::date"))
        cursor.execute("SELECT DISTINCT was, became FROM taken")
        steps_taken = set(cursor.fetchall())
    done = list(
        FundingRequest.objects.filter(pk__in=[one.pk for one in requests], state="allocated").select_related("cost_object")
    )
    return Outcome(steps_taken, len(done), [fault for request in done for fault in judged(cast, treasury, request)])


def judged(cast: Cast, treasury: Treasury, request: FundingRequest) -> list[str]:
    """What is wrong with the approvals of a request whose money was let go."""
    given = list(request.approvals.all())
    people = [person for one in given for person in (one.by_id, one.on_behalf_of_id) if person]
    head, deputy, dina = cast.head("OPS").pk, cast.deputy("OPS").pk, cast.people["dina_delegate"].pk
    decide = {
        treasury.pool("OPS").pk: {(head, None), (deputy, None), (dina, head), (cast.cxo.pk, None)},
        treasury.pool("MKT").pk: {(cast.head("MKT").pk, None), (cast.cxo.pk, None)},
        None: {(cast.finance.pk, None), (cast.second_finance.pk, None)},
    }
    faults = []
    if {one.pool_id for one in given} != {None, *request.lines.values_list("pool_id", flat=True)}:
        faults.append(f"{request} lacks an approval")
    if len(set(people)) < len(people) or {request.requester_id, request.cost_object.owner_id} & set(people):
        faults.append(f"{request} was approved by who must not")
    if [one for one in given if (one.by_id, one.on_behalf_of_id) not in decide[one.pool_id]]:
        faults.append(f"{request} was approved by who holds no authority")
    return faults


def test_twenty_thousand_steps_and_none_that_must_not_be(cast: Cast, treasury: Treasury, requests: list[FundingRequest]) -> None:
    outcome = tried(cast, treasury, requests, STEPS)
    assert outcome.wrong == []
    assert outcome.steps <= LEGAL
    assert outcome.steps >= LEGAL - {("draft", "withdrawn")}, "chance must come by every legal step"
    assert outcome.allocated > 10, "steps that move nothing prove nothing"


def test_without_its_triggers_the_database_takes_what_must_not_be(
    cast: Cast, treasury: Treasury, requests: list[FundingRequest]
) -> None:
    """The negative control."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    outcome = tried(cast, treasury, requests, 3_000)
    assert outcome.wrong
    assert outcome.steps - LEGAL
