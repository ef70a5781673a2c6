"""Money that nobody commits for three months is asked for: committed, given back, or kept with a reason."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models import CostObject, IdleRule, idle
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.refusals import refused
from tests.tampering import held

MARCH, JUNE, JULY, OCTOBER = (datetime(2026, month, 20, 9, tzinfo=UTC) for month in (3, 6, 7, 10))


@pytest.fixture
def given(cast: Cast, treasury: Treasury) -> Iterator[CostObject]:
    """In March OPS gave 600."""
    with clock.at(MARCH):
        thing = treasury.cost_object()
        treasury.funded(thing, OPS="600.00")
    with clock.at(JULY):
        yield thing


def asked() -> list[Obligation]:
    return list(Obligation.objects.open_now().filter(kind=idle.RECLAIM).select_related("person"))


def test_its_owner_is_asked_once(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    with clock.at(datetime(2026, 6, 18, tzinfo=UTC)):
        assert idle.propose() == 0
    assert idle.propose() == 1
    assert idle.propose() == 0
    assert [ask.person for ask in asked()] == [given.owner]
    assert asked()[0].due_on == date(2026, 8, 3)


def test_a_commitment_starts_the_clock_anew(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    idle.propose()
    given.commit(treasury.pool("OPS"), Decimal(1), by=given.owner)
    assert idle.propose() == 0
    assert asked() == []
    with clock.at(OCTOBER):
        assert idle.propose() == 1


def test_it_is_given_back(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    idle.propose()
    for who in (cast.head("OPS"), cast.auditor, cast.administrator):
        with pytest.raises(RuleBroken, match="gives money back"):
            idle.give_back(given, by=who)
    idle.give_back(given, by=given.owner)
    assert (treasury.pool("OPS").free, asked()) == (1000, [])
    with pytest.raises(RuleBroken, match="lies idle"):
        idle.give_back(given, by=given.owner)


def test_it_is_kept_with_a_reason_for_three_months(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    with pytest.raises(RuleBroken, match="Nobody has asked"):
        idle.keep(given, by=given.owner, reason="The tender is out")
    idle.propose()
    with pytest.raises(BadInput, match="Say why"):
        idle.keep(given, by=given.owner, reason=" ")
    idle.keep(given, by=given.owner, reason="The tender is out")
    assert (idle.propose(), asked()) == (0, [])
    assert CostObject.objects.get(pk=given.pk).allocated == 600
    with clock.at(datetime(2026, 10, 21, 9, tzinfo=UTC)):
        assert idle.propose() == 1


def test_who_owns_it_now_is_asked(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    idle.propose()
    given.owner = cast.contributor("HR")
    given.save()
    idle.propose()
    assert [ask.person for ask in asked()] == [cast.contributor("HR")]
    given.owner = None
    given.save()
    idle.propose()
    assert [ask.person for ask in asked()] == [cast.cxo]


def test_money_that_a_gate_holds_is_not_idle(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    held(given, Decimal(600))
    assert idle.propose() == 0


def test_the_page_asks_and_takes_the_answer(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    idle.propose()
    owner, head = Client(), Client()
    owner.force_login(given.owner)
    head.force_login(cast.head("OPS"))
    page = reverse("funding:cost_object", args=[given.pk])
    assert "600.00" in owner.get(page).content.decode()
    assert "lies idle" in owner.get(page).content.decode()
    assert head.post(reverse("funding:give_back_idle", args=[given.pk])).status_code == 403
    assert owner.post(reverse("funding:keep_idle", args=[given.pk]), {"reason": "Tender"}).status_code == 302
    assert asked() == []
    assert owner.post(reverse("funding:give_back_idle", args=[given.pk])).status_code == 302
    assert treasury.pool("OPS").free == 1000


def test_finance_says_after_how_many_days_money_is_idle_and_from_when(cast: Cast, treasury: Treasury, given: CostObject) -> None:
    today = JULY.date()
    for who in (cast.cxo, cast.head("OPS"), cast.administrator):
        with pytest.raises(RuleBroken, match="Only finance"):
            IdleRule.objects.set(30, today, by=who, reason="Quicker")
    with pytest.raises(BadInput, match="from today on"):
        IdleRule.objects.set(30, date(2026, 1, 1), by=cast.finance, reason="Quicker")
    with pytest.raises(BadInput, match="reason"):
        IdleRule.objects.set(30, today, by=cast.finance, reason=" ")
    assert not IdleRule.objects.exists()
    IdleRule.objects.set(200, today, by=cast.finance, reason="Tenders take long")
    IdleRule.objects.set(60, date(2026, 8, 1), by=cast.second_finance, reason="The year ends")
    assert (IdleRule.objects.days(), idle.propose()) == (200, 0)
    with clock.at(datetime(2026, 8, 3, 9, tzinfo=UTC)):
        assert (IdleRule.objects.days(), idle.propose()) == (60, 1)
    assert refused("UPDATE funding_idlerule SET days = 8").startswith("pgtrigger: Cannot update")
    insert = "INSERT INTO funding_idlerule (days, starts, reason, by_id, at) VALUES (%s, '2026-09-01', 'x', %s, now())"
    assert refused(insert, 3, cast.finance.pk) == "idle_after_some_days"


def test_the_pages_of_idle_days(cast: Cast, treasury: Treasury) -> None:
    client, rules = Client(), reverse("funding:idle_rules")
    client.force_login(cast.finance)
    assert "<strong>91 days</strong>" in client.get(rules).content.decode()
    form = {"days": "3", "starts": f"{clock.company_day()}", "reason": "Quicker"}
    assert client.post(reverse("funding:idle_set"), form).status_code == 422
    assert client.post(reverse("funding:idle_set"), {**form, "days": "30", "starts": "2020-01-01"}).status_code == 422
    assert not IdleRule.objects.exists()
    assert client.post(reverse("funding:idle_set"), {**form, "days": "30"}).status_code == 302
    assert "Quicker" in client.get(rules).content.decode()
