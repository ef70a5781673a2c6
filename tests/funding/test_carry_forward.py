"""What a year that is over left free is carried forward: one in finance proposes it, another confirms, once, in both books."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions.models.log import decisions
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.models import Account, CarryOver, FiscalYear, Journal, Period, Pool
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept, opened, raised
from tests.refusals import refused

NEW_YEAR = datetime(2027, 1, 11, 9, tzinfo=UTC)


@pytest.fixture
def next_year() -> FiscalYear:
    return FiscalYear.objects.create(name="2027", starts=date(2027, 1, 1), ends=date(2027, 12, 31))


@pytest.fixture
def into(cast: Cast, treasury: Treasury, next_year: FiscalYear) -> Iterator[Pool]:
    """The pool of OPS in 2027, with 50; what is carried there comes from its pool of 2026, with 1000. It is January 2027."""
    treasury.pool("OPS")
    _ = cast.head("OPS")
    with clock.at(NEW_YEAR):
        yield opened(cast, next_year, cast.department("OPS"), Decimal(50), by=cast.second_finance)


def propose(pool: Pool, amount: int = 400, *, by: User) -> CarryOver:
    return CarryOver.objects.propose(pool, Decimal(amount), by=by, reason="The kiosks come late")


def money(treasury: Treasury, into: Pool) -> tuple[int, ...]:
    """What both pools have: budget, free, and the entries that carried anything."""
    pool = treasury.pool("OPS")
    into.refresh_from_db()
    carried = Journal.objects.filter(carryover__isnull=False).count()
    return int(pool.appropriated), int(pool.free), int(into.appropriated), int(into.free), carried


def test_what_is_free_goes_on_when_another_confirms_it(cast: Cast, treasury: Treasury, into: Pool) -> None:
    carry = propose(treasury.pool("OPS"), by=cast.finance)
    assert (money(treasury, into), carry.into) == ((1000, 1000, 50, 50, 0), into)
    assert Obligation.objects.open_now().about(carry).asked_of(cast.second_finance).exists()
    for who, why in ((cast.finance, "does not confirm it"), (cast.cxo, "Only finance"), (cast.head("OPS"), "Only finance")):
        with pytest.raises(RuleBroken, match=why):
            carry.confirm(by=who)
    assert money(treasury, into) == (1000, 1000, 50, 50, 0)
    carry.confirm(by=cast.second_finance, shown=carry.shown)
    assert money(treasury, into) == (600, 600, 450, 450, 2)
    entries = Journal.objects.filter(carryover=carry).order_by("act")
    assert [(entry.act, entry.on, entry.by, entry.memo) for entry in entries] == [
        ("brought", date(2027, 1, 11), cast.second_finance, "The kiosks come late"),
        ("carried", date(2026, 12, 31), cast.second_finance, "The kiosks come late"),
    ]
    assert not Obligation.objects.open_now().about(carry).exists()
    told = decisions(cast.head("OPS")).filter(subject_type="funding.carryover").latest("pk")
    assert told.changes["what"].startswith(f"{treasury.pool('OPS')}, free in EUR: 1,000.00 → 600.00; {into}, free")
    assert not decisions(cast.head("HR")).filter(pk=told.pk).exists()
    assert books.verify().right
    for again in (lambda: carry.confirm(by=cast.second_finance), lambda: carry.decline(by=cast.second_finance, reason="No")):
        with pytest.raises(RuleBroken, match="This carryover is confirmed already"):
            again()
    for entry in entries:
        with pytest.raises(RuleBroken, match="put right by budgets"):
            entry.reverse(by=cast.finance, reason="Wrong")
    assert money(treasury, into) == (600, 600, 450, 450, 2)


def test_only_finance_proposes_with_a_reason_what_is_free(cast: Cast, treasury: Treasury, into: Pool) -> None:
    pool = treasury.pool("OPS")
    for who in (cast.cxo, cast.ceo, cast.auditor, cast.head("OPS"), cast.administrator, cast.nobody):
        with pytest.raises(RuleBroken, match="Only finance carries"):
            propose(pool, by=who)
    with pytest.raises(BadInput, match="Give the reason"):
        CarryOver.objects.propose(pool, Decimal(1), by=cast.finance, reason=" ")
    with pytest.raises(RuleBroken, match=r"1,000\.00 EUR free; 1,001\.00 is not carried"):
        propose(pool, 1001, by=cast.finance)
    with pytest.raises(Stale):
        CarryOver.objects.propose(pool, Decimal(1), by=cast.finance, reason="Late", shown=Decimal(999))
    assert (CarryOver.objects.count(), money(treasury, into)) == (0, (1000, 1000, 50, 50, 0))
    propose(pool, by=cast.finance)
    with pytest.raises(RuleBroken, match="waits already"):
        propose(pool, 5, by=cast.second_finance)
    assert CarryOver.objects.count() == 1


def test_nothing_is_carried_before_the_year_is_over(cast: Cast, treasury: Treasury, into: Pool) -> None:
    for instant in (datetime(2026, 12, 31, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)):
        with clock.at(instant), pytest.raises(RuleBroken, match="lasts until 2026-12-31"):
            propose(treasury.pool("OPS"), by=cast.finance)
    assert CarryOver.objects.count() == 0


def test_who_proposed_it_takes_it_back(cast: Cast, treasury: Treasury, into: Pool) -> None:
    carry = propose(treasury.pool("OPS"), by=cast.finance)
    with pytest.raises(RuleBroken, match="Only who proposed"):
        carry.withdraw(by=cast.second_finance, reason="No")
    carry.withdraw(by=cast.finance, reason="The wrong pool")
    assert (carry.state, Obligation.objects.open_now().about(carry).exists()) == ("withdrawn", False)
    with pytest.raises(RuleBroken, match="withdrawn already"):
        carry.confirm(by=cast.second_finance)
    assert (money(treasury, into), books.verify().right) == ((1000, 1000, 50, 50, 0), True)


def closed(year: FiscalYear, cast: Cast) -> None:
    last = Period.objects.filter(year=year).latest("number")
    last.propose(by=cast.finance)
    last.close(by=cast.second_finance)


def test_nothing_is_carried_when_the_books_of_the_year_are_closed(cast: Cast, treasury: Treasury, into: Pool) -> None:
    carry = propose(treasury.pool("OPS"), by=cast.finance)
    closed(treasury.year, cast)
    carry = CarryOver.objects.with_pools().get(pk=carry.pk)
    with pytest.raises(RuleBroken, match="closed through 2026-12-31; nothing is carried"):
        carry.confirm(by=cast.second_finance)
    carry.decline(by=cast.second_finance, reason="Too late")
    with pytest.raises(RuleBroken, match="closed through"):
        propose(Pool.objects.get(pk=carry.pool_id), by=cast.finance)
    assert (money(treasury, into), books.verify().right) == ((1000, 1000, 50, 50, 0), True)


def test_it_goes_into_the_same_pool_of_the_year_that_follows(cast: Cast, treasury: Treasury, into: Pool) -> None:
    """Of the same name, currency and kind of expenditure; the CXO opens it where there is none."""
    year, ops = treasury.year, cast.department("OPS")
    fund = opened(cast, year, ops, Decimal(70), by=cast.second_finance, name="Retention fund")
    with pytest.raises(RuleBroken, match="no pool of the same department, name"):
        propose(fund, 70, by=cast.finance)
    there = opened(cast, into.year, ops, Decimal(1), by=cast.second_finance, name="retention FUND")
    carry = propose(fund, 70, by=cast.finance)
    kept(cast, there, nature="capex")
    carry = CarryOver.objects.with_pools().get(pk=carry.pk)
    with pytest.raises(RuleBroken, match="no pool of the same department, name"):
        carry.confirm(by=cast.second_finance)
    kept(cast, there, nature="")
    CarryOver.objects.with_pools().get(pk=carry.pk).confirm(by=cast.second_finance)
    there.refresh_from_db()
    assert money(treasury, into) == (1000, 1000, 50, 50, 2)
    assert (there.free, books.verify().right) == (71, True)


def test_what_was_shown_is_confirmed(cast: Cast, treasury: Treasury, into: Pool) -> None:
    carry = propose(treasury.pool("OPS"), 600, by=cast.finance)
    shown = carry.shown
    raised(cast, treasury.pool("OPS"), Decimal(500), by=cast.second_finance, way="cut")
    with pytest.raises(Stale):
        carry.confirm(by=cast.second_finance, shown=shown)
    with pytest.raises(RuleBroken, match=r"500\.00 EUR free; 600\.00 is not carried"):
        carry.confirm(by=cast.second_finance)
    assert (money(treasury, into), carry.state) == ((500, 500, 50, 50, 0), "proposed")


def test_the_database_asks_for_both_people_and_both_pools(cast: Cast, treasury: Treasury, into: Pool) -> None:
    pool, hr = treasury.pool("OPS"), treasury.pool("HR")
    insert = """INSERT INTO funding_carryover (pool_id, into_id, amount, reason, state, by_id, at, decided_at)
        VALUES (%(pool)s, %(into)s, 5, 'Mine', 'proposed', %(by)s, %(at)s, NULL)"""
    facts = {"pool": pool.pk, "into": into.pk, "by": cast.finance.pk, "at": NEW_YEAR}
    assert refused(insert, **facts | {"by": cast.cxo.pk}) == "carried_by_finance"
    assert refused(insert, **facts | {"pool": hr.pk}) == "carried_into_the_next_year"
    assert refused(insert, **facts | {"at": datetime(2026, 12, 30, tzinfo=UTC)}) == "carried_into_the_next_year"
    assert refused(insert.replace("'proposed'", "'confirmed'"), **facts) == "a_change_is_proposed_first"
    carry = propose(pool, by=cast.finance)
    confirm = "UPDATE funding_carryover SET state = 'confirmed', decided_at = %s, decided_by_id = %s WHERE id = %s"
    assert refused(confirm, NEW_YEAR, cast.finance.pk, carry.pk) == "a_change_is_made_by_two"
    assert refused("UPDATE funding_carryover SET amount = 900 WHERE id = %s", carry.pk) == "a_change_stays"
    assert refused("UPDATE funding_carryover SET into_id = %s WHERE id = %s", hr.pk, carry.pk) == "carried_into_the_next_year"
    assert money(treasury, into) == (1000, 1000, 50, 50, 0)


POST = """
    WITH book AS (
        INSERT INTO funding_journal (act, by_id, key, content, at, "on", memo, carryover_id)
        VALUES (%(act)s, %(by)s, gen_random_uuid(), 'x', now(), %(on)s, '', %(carry)s) RETURNING id)
    INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
        SELECT id, %(source)s, %(target)s, %(amount)s FROM book"""


def test_the_ledger_carries_nothing_but_what_two_said_and_once(cast: Cast, treasury: Treasury, into: Pool) -> None:
    carry, pool = propose(treasury.pool("OPS"), by=cast.finance), treasury.pool("OPS")
    mine, theirs = ({one.kind: one.pk for one in Account.objects.filter(pool=place)} for place in (pool, into))
    out = {"act": "carried", "on": date(2026, 12, 31), "source": mine["available"], "target": mine["source"]}
    come = {"act": "brought", "on": date(2027, 1, 11), "source": theirs["source"], "target": theirs["available"]}
    facts = {"by": cast.second_finance.pk, "carry": carry.pk, "amount": 400}
    for entry in (out, come):
        assert refused(POST, **facts | entry) == "only_legal_moves", "it is only proposed"
        assert refused(POST, **facts | entry | {"carry": None}) == "carried_as_two_said"
    with connection.cursor() as cursor:
        confirm = "UPDATE funding_carryover SET state = 'confirmed', decided_at = %s, decided_by_id = %s WHERE id = %s"
        cursor.execute(confirm, [NEW_YEAR, cast.second_finance.pk, carry.pk])
    assert refused(POST, **facts | come) == "only_legal_moves", "it has not left the other pool"
    assert refused(POST, **facts | out | {"amount": 401}) == "only_legal_moves"
    assert refused(POST, **facts | out | {"by": cast.finance.pk}) == "only_legal_moves"
    assert refused(POST, **facts | out | {"on": date(2027, 1, 11)}) == "posted_in_its_year"
    (fault,) = books.verify().faults
    assert (fault.fault, fault.id) == ("what was carried forward is not what two people said", carry.pk)
    for entry in (out, come):
        assert refused(POST, **facts | entry) is None
        assert refused(POST, **facts | entry) == "carried_once"
    assert (money(treasury, into), books.verify().right) == ((600, 600, 450, 450, 2), True)


def test_the_pages_show_both_pools_before_and_after(cast: Cast, treasury: Treasury, into: Pool, client: Client) -> None:
    pool = treasury.pool("OPS")
    client.force_login(cast.finance)
    page = reverse("funding:pool_carry", args=[pool.pk])
    assert page in client.get(pool.get_absolute_url()).content.decode()
    assert page not in client.get(into.get_absolute_url()).content.decode()
    assert "lasts until 2027-12-31" in client.get(reverse("funding:pool_carry", args=[into.pk])).content.decode()
    typed = {"amount": "400.00", "reason": "The kiosks come late", "shown": "1000.00"}
    effect = client.post(page, typed)
    assert (effect.status_code, CarryOver.objects.count()) == (200, 0)
    assert [(row.free, row.free_after) for row in effect.context["effects"]] == [(1000, 600), (50, 450)]
    too_much = client.post(page, {**typed, "amount": "1000.01", "sure": "1"})
    assert (too_much.status_code, too_much.context["form"].errors["amount"]) == (422, ["At most 1,000.00 EUR is free."])
    assert (client.post(page, {**typed, "shown": "999.00", "sure": "1"}).status_code, CarryOver.objects.count()) == (409, 0)
    assert client.post(page, {**typed, "sure": "1"}).status_code == 302
    carry = CarryOver.objects.get()
    client.force_login(cast.second_finance)
    for place in (pool, into):
        assert carry.confirm_url in client.get(place.get_absolute_url()).content.decode()
    assert client.post(carry.decline_url, {"reason": ""}).status_code == 422
    assert client.post(carry.confirm_url, {"shown": "0 0 0 0"}).status_code == 409
    assert money(treasury, into) == (1000, 1000, 50, 50, 0)
    assert client.post(carry.confirm_url, {"shown": carry.shown}).status_code == 302
    assert money(treasury, into) == (600, 600, 450, 450, 2)
    found = client.get(into.get_absolute_url()).content.decode()
    assert "from the year before" in found
    assert "Brought forward" in client.get(reverse("funding:journal")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_carry_once(cast: Cast, treasury: Treasury, into: Pool) -> None:
    carry, barrier, heard = propose(treasury.pool("OPS"), by=cast.finance), Barrier(2), list[str]()

    def confirm() -> None:
        try:
            mine = CarryOver.objects.with_pools().get(pk=carry.pk)
            barrier.wait(5)
            with clock.at(NEW_YEAR):
                mine.confirm(by=cast.second_finance)
            heard.append("done")
        except RuleBroken as refusal:
            heard.append(str(refusal))
        finally:
            connections.close_all()

    threads = [Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["This carryover is confirmed already.", "done"]
    assert (money(treasury, into), books.verify().right) == ((600, 600, 450, 450, 2), True)
