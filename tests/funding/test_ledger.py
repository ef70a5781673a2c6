"""Money moves by transfers only, the database keeps the balances, and nothing overspends."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, broken_by
from initiatives.funding.models import Account, CostObject, Journal, Kind, Pool, Transfer
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import raised


def figures(thing: Pool | CostObject) -> dict[str, str]:
    thing.refresh_from_db()
    names = ("appropriated", "free", "asked", "allocated", "committed", "spent")
    return {name: str(value) for name in names if (value := getattr(thing, name, None))}


def test_a_pool_opens_with_its_appropriation(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS", "500.00")
    assert figures(pool) == {"appropriated": "500.00", "free": "500.00"}
    assert {account.kind: account.balance for account in pool.accounts.all()} == {"source": -500, "available": 500}
    assert set(Event.objects.about(pool).values_list("verb", flat=True)) == {"funding.pool.opened", "funding.pool.appropriated"}


def test_money_is_allocated_committed_spent_and_released(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    assert figures(thing) == {"allocated": "600.00"}
    thing.commit(pool, Decimal("400.00"), by=thing.owner)
    thing.spend(pool, Decimal("150.00"), by=cast.finance)
    thing.release(pool, Decimal("100.00"), by=cast.cxo)
    assert figures(thing) == {"allocated": "500.00", "committed": "250.00", "spent": "150.00"}
    assert figures(pool) == {
        "appropriated": "1000.00",
        "free": "500.00",
        "allocated": "500.00",
        "committed": "250.00",
        "spent": "150.00",
    }
    assert pool.uncommitted == thing.uncommitted == 100
    assert Account.objects.aggregate(all=Sum("balance"))["all"] == 0


@pytest.mark.parametrize("act", ["commit", "spend", "release"])
def test_nothing_takes_more_than_there_is(cast: Cast, treasury: Treasury, act: str) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    thing.commit(pool, Decimal("300.00"), by=cast.finance)
    before = figures(pool)
    with pytest.raises(RuleBroken, match=r"300\.01 is more"):
        getattr(thing, act)(pool, Decimal("300.01"), by=cast.finance)
    assert figures(pool) == before


@pytest.mark.parametrize("amount", ["0", "-1.00", "0.001", "1000000000000.00", "NaN"])
def test_only_positive_exact_amounts_are_posted(cast: Cast, treasury: Treasury, amount: str) -> None:
    pool = treasury.pool("OPS")
    with pytest.raises(BadInput):
        raised(cast, pool, Decimal(amount), by=cast.finance)
    assert figures(pool)["appropriated"] == "1000.00"


# -- who posts what --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "who"),
    [
        ("commit", "head"),
        ("commit", "cxo"),
        ("commit", "administrator"),
        ("spend", "owner"),
        ("spend", "head"),
        ("spend", "cxo"),
        ("release", "head"),
        ("release", "ceo"),
    ],
)
def test_others_do_not_post(cast: Cast, treasury: Treasury, act: str, who: str) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    thing.commit(pool, Decimal("100.00"), by=cast.finance)
    person = {"owner": thing.owner, "head": cast.head("OPS")}.get(who) or getattr(cast, who)
    before = figures(thing)
    with pytest.raises(RuleBroken):
        getattr(thing, act)(pool, Decimal("1.00"), by=person)
    assert figures(thing) == before


def test_who_approved_the_money_does_not_post_its_actuals(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    thing.commit(pool, Decimal("100.00"), by=cast.finance)
    with pytest.raises(RuleBroken, match="another person in finance"):
        thing.spend(pool, Decimal("1.00"), by=cast.second_finance)
    assert figures(thing) == {"allocated": "600.00", "committed": "100.00"}


# -- reversing -------------------------------------------------------------------------------------------------------------


def test_another_person_reverses_an_entry_once(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    entry = thing.commit(pool, Decimal("100.00"), by=cast.finance)
    with pytest.raises(RuleBroken, match="does not reverse it"):
        entry.reverse(by=cast.finance, reason="Typed twice")
    with pytest.raises(BadInput, match="Say why"):
        entry.reverse(by=cast.second_finance, reason=" ")
    back = entry.reverse(by=cast.second_finance, reason="Typed twice")
    assert figures(thing) == {"allocated": "600.00"}
    with pytest.raises(RuleBroken, match="already"):
        entry.reverse(by=cast.second_finance, reason="Typed twice")
    with pytest.raises(RuleBroken, match="not reversed"):
        back.reverse(by=cast.finance, reason="No")
    assert Journal.objects.filter(act="reversed").count() == 1


def test_money_that_moved_on_is_not_reversed_under_it(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    entry = thing.commit(pool, Decimal("100.00"), by=thing.owner)
    thing.spend(pool, Decimal("50.00"), by=cast.finance)
    with pytest.raises(RuleBroken, match="moved on"):
        entry.reverse(by=cast.second_finance, reason="Wrong")
    allocation = Journal.objects.get(act="allocated")
    with pytest.raises(RuleBroken, match="releasing"):
        allocation.reverse(by=cast.finance, reason="Wrong")


def test_what_was_given_back_comes_again_by_a_request_only(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    back = thing.release(pool, Decimal("100.00"), by=thing.owner)
    with pytest.raises(RuleBroken, match="asked for anew"):
        back.reverse(by=cast.second_finance, reason="It was his")
    with pytest.raises(IntegrityError, match="agreed to is undone"), transaction.atomic():
        Journal.objects.create(act="reversed", by=cast.second_finance, content="", reverses=back)
    assert figures(thing) == {"allocated": "500.00"}


def test_who_asked_for_money_does_not_post_what_was_spent_of_it(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object(owner=cast.finance)
    request = treasury.submitted(thing, OPS="10.00")
    assert request.requester == cast.finance
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.second_finance)
    thing.commit(pool, Decimal(10), by=cast.finance)
    account, target = (thing.accounts.get(kind=kind) for kind in ("committed", "spent"))
    with pytest.raises(RuleBroken, match="asked for this money or approved it"):
        thing.spend(pool, Decimal(10), by=cast.finance)
    book = Journal.objects.create(act="spent", by=cast.finance, content="")
    with pytest.raises(IntegrityError, match="does not post"), transaction.atomic():
        book.transfers.create(source=account, target=target, amount=Decimal(10))
    assert figures(thing) == {"allocated": "10.00", "committed": "10.00"}
    thing.spend(pool, Decimal(10), by=cast.person("rita_finance", "finance"))
    assert figures(thing) == {"allocated": "10.00", "spent": "10.00"}


# -- the same form twice -----------------------------------------------------------------------------------------------------


def test_the_same_form_twice_posts_once(cast: Cast, treasury: Treasury) -> None:
    pool, thing, key = treasury.pool("OPS"), treasury.cost_object(), uuid4()
    treasury.funded(thing, OPS="600.00")
    first = thing.commit(pool, Decimal("100.00"), by=cast.finance, key=key, memo="Order 1")
    again = thing.commit(pool, Decimal("100.00"), by=cast.finance, key=key, memo="Order 1")
    assert first == again
    assert figures(thing)["committed"] == "100.00"


@pytest.mark.parametrize("other", [{"amount": "101.00"}, {"memo": "Order 2"}, {"act": "release"}])
def test_the_same_key_with_other_content_is_refused(cast: Cast, treasury: Treasury, other: dict[str, str]) -> None:
    pool, thing, key = treasury.pool("OPS"), treasury.cost_object(), uuid4()
    treasury.funded(thing, OPS="600.00")
    thing.commit(pool, Decimal("100.00"), by=cast.finance, key=key, memo="Order 1")
    post = getattr(thing, other.get("act", "commit"))
    with pytest.raises(BadInput, match="other content"):
        post(pool, Decimal(other.get("amount", "100.00")), by=cast.finance, key=key, memo=other.get("memo", "Order 1"))
    assert figures(thing) == {"allocated": "600.00", "committed": "100.00"}


def test_two_people_may_happen_on_the_same_key(cast: Cast, treasury: Treasury) -> None:
    pool, thing, key = treasury.pool("OPS"), treasury.cost_object(), uuid4()
    treasury.funded(thing, OPS="600.00")
    for by in (cast.finance, cast.second_finance):
        thing.commit(pool, Decimal("1.00"), by=by, key=key)
    assert figures(thing)["committed"] == "2.00"


def test_a_posting_takes_at_most_six_queries_and_one_for_the_roles(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    for act in ("commit", "decommit", "commit", "spend", "release"):
        by = type(cast.finance).objects.get(pk=cast.finance.pk)  # a new request: nothing is known of her roles yet
        with CaptureQueriesContext(connection) as queries:
            getattr(thing, act)(pool, Decimal("10.00"), by=by, key=uuid4(), memo="PO 17")
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 7  # the test's own transaction has them


# -- by SQL ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE funding_account SET balance = balance + 1", "money_moves_by_transfers_only"),
        ("UPDATE funding_pool SET free = free + 1", "money_moves_by_transfers_only"),
        ("UPDATE funding_pool SET currency = 'USD'", "money_stays_where_it_was_put"),
        ("UPDATE funding_costobject SET spent = spent + 1", "money_moves_by_transfers_only"),
        ("UPDATE funding_account SET kind = 'spent' WHERE kind = 'committed'", "money_stays_where_it_was_put"),
        (
            "INSERT INTO funding_costobject (currency, asked, allocated, committed, spent) VALUES ('EUR', 0, 5, 0, 0)",
            "money_moves_by_transfers_only",
        ),
        ("UPDATE funding_transfer SET amount = amount + 1", None),
        ("UPDATE funding_journal SET memo = 'x'", None),
        ("DELETE FROM funding_transfer", None),
        ("DELETE FROM funding_account", None),
        ("DELETE FROM funding_pool", None),
        ("DELETE FROM funding_costobject", None),
        ("TRUNCATE funding_transfer CASCADE", None),
    ],
)
def test_the_ledger_cannot_be_edited_by_sql(cast: Cast, treasury: Treasury, sql: str, constraint: str | None) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    before = figures(pool), figures(thing)
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    if constraint:
        assert isinstance(caught.value, IntegrityError)
        assert caught.value.__cause__.diag.constraint_name == constraint
        assert broken_by(caught.value) is not None
    assert (figures(pool), figures(thing)) == before


def post_raw(journal: Journal, source: Account, target: Account, amount: str) -> str | None:
    """Insert a transfer past all Python; the name of the constraint that refused it, or None."""
    try:
        with transaction.atomic():
            Transfer.objects.create(journal=journal, source=source, target=target, amount=Decimal(amount))
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return None


def test_the_database_refuses_overspending_and_illegal_moves(cast: Cast, treasury: Treasury) -> None:
    pool, thing, other = treasury.pool("OPS"), treasury.cost_object(), treasury.pool("MKT")
    treasury.funded(thing, OPS="600.00")
    account = {row.kind: row for row in pool.accounts.all()}

    def journal(act: str) -> Journal:
        return Journal.objects.create(act=act, by=cast.finance, content="raw")

    assert post_raw(journal("committed"), account["allocated"], account["committed"], "600.01") == "account_not_negative"
    assert post_raw(journal("released"), account["allocated"], account["available"], "-5") == "amounts_are_positive"
    assert post_raw(journal("released"), account["allocated"], account["allocated"], "5") == "two_different_accounts"
    assert post_raw(journal("spent"), account["allocated"], account["spent"], "5") == "only_legal_moves"
    assert post_raw(journal("released"), account["committed"], account["available"], "5") == "only_legal_moves"
    assert post_raw(journal("committed"), account["available"], account["committed"], "5") == "only_legal_moves"
    assert post_raw(journal("released"), account["source"], account["available"], "5") == "only_legal_moves"
    elsewhere = other.accounts.get(kind=Kind.AVAILABLE)
    assert post_raw(journal("released"), account["allocated"], elsewhere, "5") == "only_legal_moves"
    allocation = Journal.objects.get(act="allocated")
    assert post_raw(allocation, account["available"], account["allocated"], "400.00") == "one_transfer_per_way"
    assert figures(pool)["free"] == "400.00"


def test_a_raw_transfer_moves_the_balances_with_it(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    account = {row.kind: row for row in pool.accounts.all()}
    book = Journal.objects.create(act="committed", by=cast.finance, content="raw")
    assert post_raw(book, account["allocated"], account["committed"], "600.00") is None
    assert figures(thing) == {"allocated": "600.00", "committed": "600.00"}
    assert figures(pool)["committed"] == "600.00"


def test_saving_whose_a_cost_object_is_leaves_its_figures_alone(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    stale = CostObject.objects.get(pk=thing.pk)
    treasury.pool("OPS")
    treasury.funded(thing, OPS="600.00")
    stale.owner = cast.ceo
    stale.save()
    assert figures(thing) == {"allocated": "600.00"}
    assert thing.owner == cast.ceo


@pytest.mark.parametrize("currency", ["eur", "€", "XXX", "EURO"])
def test_a_pool_keeps_one_real_currency(cast: Cast, treasury: Treasury, currency: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Pool.objects.create(year=treasury.year, currency=currency)
    assert Pool.objects.count() == 0


SPEND = """
    WITH book AS (
        INSERT INTO funding_journal (act, at, "on", by_id, memo, key, content)
        VALUES ('spent', now(), '2026-11-01', %(by)s, '', gen_random_uuid(), '') RETURNING id)
    INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
    SELECT book.id, source.id, target.id, 5 FROM book, funding_account source, funding_account target
    WHERE source.kind = 'committed' AND target.kind = 'spent'
        AND source.cost_object_id = %(thing)s AND target.cost_object_id = %(thing)s
        AND source.pool_id = %(pool)s AND target.pool_id = %(pool)s
"""


def test_who_approved_money_does_not_post_it_past_all_python_either(cast: Cast, treasury: Treasury) -> None:
    """Each pool's approver and who approved for finance are refused by the database; anybody else is not its business."""
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="100.00", HR="50.00")
    for code in ("OPS", "HR"):
        thing.commit(treasury.pool(code), Decimal(40), by=cast.finance)
    facts = {"thing": thing.pk, "pool": treasury.pool("OPS").pk}
    for approver in (cast.head("OPS"), cast.second_finance):
        with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SPEND, {**facts, "by": approver.pk})
        assert caught.value.__cause__.diag.constraint_name == "approver_does_not_post"
        assert "does not post" in str(broken_by(caught.value))
    assert not Journal.objects.filter(act="spent").exists()
    with connection.cursor() as cursor:
        cursor.execute(SPEND, {**facts, "by": cast.finance.pk})  # the control: the same rows by somebody who approved nothing
        assert cursor.rowcount == 1
    assert CostObject.objects.get(pk=thing.pk).spent == 5
