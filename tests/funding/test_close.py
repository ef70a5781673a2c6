"""Books are closed by two people in finance, one period after the other; afterwards only reversals are posted there."""

from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.funding.models import CostObject, FiscalYear, Journal, Period, Pool
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import opened, raised
from tests.refusals import refused

MARCH = date(2026, 3, 10)


pytestmark = pytest.mark.usefixtures("late_in_the_year")


@pytest.fixture
def spent(cast: Cast, treasury: Treasury) -> CostObject:
    """OPS gave 600; 400 were ordered in March."""
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    thing.commit(treasury.pool("OPS"), Decimal(400), by=cast.finance, on=MARCH)
    return thing


def period(number: int) -> Period:
    return Period.objects.with_people().get(year__name="2026", number=number)


def close(cast: Cast, number: int) -> None:
    period(number).propose(by=cast.finance)
    period(number).close(by=cast.second_finance)


def test_a_year_is_divided_into_months_or_what_finance_says(cast: Cast, treasury: Treasury) -> None:
    months = list(treasury.year.periods.in_order().values_list("number", "starts", "ends"))
    assert len(months) == 12
    assert months[1] == (2, date(2026, 2, 1), date(2026, 2, 28))
    odd = FiscalYear.objects.open("FY27", date(2027, 1, 31), date(2027, 12, 15), 3, by=cast.finance)
    assert list(odd.periods.in_order().values_list("starts", "ends")) == [
        (date(2027, 1, 31), date(2027, 4, 29)),
        (date(2027, 4, 30), date(2027, 7, 30)),
        (date(2027, 7, 31), date(2027, 10, 30)),
        (date(2027, 10, 31), date(2027, 12, 15)),
    ]


def test_an_entry_bears_today_or_a_day_of_its_year(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    assert Journal.objects.get(act="committed").on == MARCH
    assert Journal.objects.get(act="allocated").on == date(2026, 11, 22)
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(RuleBroken, match="outside the fiscal year"):
            spent.commit(treasury.pool("OPS"), Decimal(1), by=cast.finance, on=day)
    assert Journal.objects.filter(act="committed").count() == 1
    with clock.at(datetime(2027, 2, 1, tzinfo=UTC)):  # the year is over: what comes late belongs to its last day
        late = spent.commit(treasury.pool("OPS"), Decimal(1), by=cast.finance)
    assert late.on == date(2026, 12, 31)
    next_year = FiscalYear.objects.open("2027", date(2027, 1, 1), date(2027, 12, 31), by=cast.finance)
    early = opened(cast, next_year, None, Decimal(5), by=cast.finance)
    assert Journal.objects.get(transfers__source__pool=early).on == date(2027, 1, 1)


def test_money_of_two_years_is_allocated_at_once(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    """The control of the rule: only what is set aside may be dated ahead of its year."""
    next_year = FiscalYear.objects.open("2027", date(2027, 1, 1), date(2027, 12, 31), by=cast.finance)
    treasury.pools["CENTRAL"] = treasury.pools[""] = opened(cast, next_year, None, Decimal(50), by=cast.second_finance)
    request = treasury.funded(spent, OPS="5.00", CENTRAL="7.00")
    assert request.allocation.on == date(2026, 11, 22)
    with pytest.raises(RuleBroken, match="outside"):
        spent.commit(treasury.pool("CENTRAL"), Decimal(7), by=cast.finance, on=date(2026, 11, 22))
    assert spent.commit(treasury.pool("CENTRAL"), Decimal(7), by=cast.finance).on == date(2027, 1, 1)


def test_two_people_close_a_period_and_only_reversals_follow(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    pool, entry = treasury.pool("OPS"), Journal.objects.get(act="committed")
    period(3).propose(by=cast.finance)
    assert Obligation.objects.open_now().get(kind="funding.close_period").person == cast.second_finance
    spent.commit(pool, Decimal(1), by=cast.finance, on=MARCH)  # the control: proposed is not closed
    with pytest.raises(RuleBroken, match="another person in finance"):
        period(3).close(by=cast.finance)
    period(3).close(by=cast.second_finance)
    assert not Obligation.objects.open_now().filter(kind="funding.close_period").exists()
    assert [period(number).state for number in (1, 2, 3, 4)] == ["closed", "closed", "closed", "open"]
    assert FiscalYear.objects.get().closed_through == date(2026, 3, 31)
    with pytest.raises(RuleBroken, match="only reversals"):
        spent.commit(pool, Decimal(1), by=cast.finance, on=MARCH)
    spent.commit(pool, Decimal(1), by=cast.finance, on=date(2026, 4, 1))
    back = entry.reverse(by=cast.second_finance, reason="Ordered twice", on=MARCH)
    assert back.on == MARCH


def test_who_may_not_close(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    for who in (cast.cxo, cast.ceo, cast.auditor, cast.administrator, cast.head("OPS")):
        with pytest.raises(RuleBroken, match="Only finance"):
            period(3).propose(by=who)
    with pytest.raises(RuleBroken, match="Nobody has proposed"):
        period(3).close(by=cast.finance)
    with pytest.raises(RuleBroken, match="when it is over"):
        period(11).propose(by=cast.finance)
    period(3).propose(by=cast.finance)
    with pytest.raises(RuleBroken, match="already"):
        period(3).propose(by=cast.second_finance)
    assert not Period.objects.filter(closed_at__isnull=False).exists()


def test_a_proposal_is_turned_down_with_a_reason(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    period(3).propose(by=cast.finance)
    with pytest.raises(BadInput, match="Say why"):
        period(3).keep_open(by=cast.second_finance, reason=" ")
    period(3).keep_open(by=cast.second_finance, reason="An invoice is missing")
    assert period(3).state == "open"
    period(3).propose(by=cast.second_finance)
    period(3).close(by=cast.finance)
    assert period(3).state == "closed"
    with pytest.raises(RuleBroken, match="closed"):
        period(3).keep_open(by=cast.finance, reason="No")


def test_what_was_not_shown_is_not_closed(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    period(3).propose(by=cast.finance)
    shown = period(3).shown()
    spent.commit(treasury.pool("OPS"), Decimal(1), by=cast.finance, on=MARCH)
    with pytest.raises(Stale, match="posted after"):
        period(3).close(by=cast.second_finance, shown=shown)
    assert period(3).state == "proposed"
    period(3).close(by=cast.second_finance, shown=period(3).shown())


def test_the_last_period_closes_the_year(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    pool = treasury.pool("OPS")
    with clock.at(datetime(2027, 1, 20, tzinfo=UTC)):
        with pytest.raises(RuleBroken, match="1 cost objects is allocated or committed and not spent"):
            period(12).propose(by=cast.finance)
        close(cast, 11)
        last = "UPDATE funding_period SET proposed_by_id = %s, closed_by_id = %s, closed_at = now() WHERE number = 12"
        assert refused(last, cast.finance.pk, cast.second_finance.pk) == "years_close_settled"
        spent.release(pool, Decimal(200), by=cast.finance)
        spent.spend(pool, Decimal(400), by=cast.finance)
        close(cast, 12)
        assert FiscalYear.objects.get().is_closed
        with pytest.raises(RuleBroken, match="only reversals"):
            raised(cast, pool, Decimal(1), by=cast.finance)
        Journal.objects.get(act="spent").reverse(by=cast.second_finance, reason="Never delivered")


POST = """
    WITH book AS (
        INSERT INTO funding_journal (act, at, "on", by_id, memo, key, content)
        VALUES ('committed', now(), %s, %s, '', gen_random_uuid(), '') RETURNING id)
    INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
    SELECT book.id, source.id, target.id, 1 FROM book, funding_account source, funding_account target
    WHERE source.kind = 'allocated' AND target.kind = 'committed'
"""


def test_the_database_keeps_closed_what_was_closed(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    me, other = cast.finance.pk, cast.second_finance.pk
    with connection.cursor() as cursor:
        cursor.execute(POST, [MARCH, me])  # the control: open it takes what is refused below
    one = "UPDATE funding_period SET proposed_by_id = %s, closed_by_id = %s, closed_at = now() WHERE number = 1"
    assert refused(one, me, me) == "closed_by_another_person"
    assert refused(one.replace("number = 1", "number = 2"), me, other) == "periods_close_in_order"
    alone = "UPDATE funding_period SET closed_by_id = %s, closed_at = now() WHERE number = 1"
    assert refused(alone, me) == "proposed_before_it_closes"
    close(cast, 3)
    assert refused(POST, MARCH, me) == "closed_periods_take_reversals"
    assert refused(POST, date(2027, 1, 1), me) == "posted_in_its_year"
    assert refused(POST, date(2025, 12, 31), me) == "posted_in_its_year"
    assert (
        refused("UPDATE funding_period SET closed_at = NULL, closed_by_id = NULL WHERE number = 3")
        == "closed_periods_stay_closed"
    )
    assert refused("UPDATE funding_fiscalyear SET closed_through = NULL") == "years_stay"
    assert refused("UPDATE funding_fiscalyear SET ends = ends + 1") == "years_stay"
    assert refused("UPDATE funding_period SET ends = ends + 1 WHERE number = 5") == "periods_are_made_with_their_year"
    assert refused("DELETE FROM funding_period") == "periods_are_not_deleted"
    assert Journal.objects.filter(act="committed").count() == 2


def race(cast: Cast, thing: CostObject, pool: Pool) -> list[str]:
    """Somebody posts into March, not yet committed, while March is closed: what each of them was told."""
    said: list[str] = []

    def confirm() -> None:
        with clock.at(datetime(2026, 11, 22, 9, tzinfo=UTC)):
            try:
                period(3).close(by=cast.second_finance, shown=shown)
                said.append("closed")
            except RuleBroken as broken:
                said.append(str(broken))
        connections.close_all()

    period(3).propose(by=cast.finance)
    shown = period(3).shown()
    other = Thread(target=confirm)
    with transaction.atomic():
        thing.commit(pool, Decimal(1), by=cast.finance, on=MARCH)
        other.start()
        other.join(0.3)
        assert other.is_alive(), "it does not wait for what is being posted"
    other.join(10)
    return said


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_what_is_being_posted(cast: Cast, treasury: Treasury, spent: CostObject) -> None:
    said = race(cast, spent, treasury.pool("OPS"))
    assert "posted after you opened the page" in said[0]
    assert period(3).state == "proposed"


def test_the_pages_of_closing(cast: Cast, treasury: Treasury, spent: CostObject, django_assert_max_num_queries) -> None:
    page = reverse("funding:period", args=[period(3).pk])
    one, other = Client(), Client()
    one.force_login(cast.finance)
    other.force_login(cast.second_finance)
    assert "Propose to close" in one.get(page).content.decode()
    assert one.post(reverse("funding:period_propose", args=[period(3).pk])).status_code == 302
    mine = one.get(page).content.decode()
    assert "another person in finance confirms" in mine
    with django_assert_max_num_queries(20):
        text = other.get(page).content.decode()
    assert "400.00" in text.replace("\xa0", " ")
    refused = one.post(reverse("funding:period_close", args=[period(3).pk]), {"shown": period(3).shown()})
    assert refused.status_code == 409
    done = other.post(reverse("funding:period_close", args=[period(3).pk]), {"shown": period(3).shown()}, follow=True)
    assert "only reversals are posted there from now on" in done.content.decode()
    with django_assert_max_num_queries(12):
        assert "Closed through" in one.get(reverse("funding:periods", args=[treasury.year.pk])).content.decode()
    pool = treasury.pool("OPS")
    late = {"shown": str(pool.appropriated), "way": "cut", "amount": "5.00", "reason": "Late", "on": "2026-03-01"}
    answer = one.post(reverse("funding:pool_budget", args=[pool.pk]), late)
    assert answer.status_code == 409
    assert "closed through" in answer.content.decode()
