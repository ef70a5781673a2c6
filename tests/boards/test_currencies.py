"""Money in other currencies on the dashboard: worth what its rate says, or said to have none; withheld stays withheld."""

from datetime import date
from decimal import Decimal

import pgtrigger
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.boards.reports.own import own
from initiatives.funding.models import CostObject, ExchangeRate, ForeignMoney
from initiatives.portfolio.models import Initiative
from tests.boards.conftest import World, an_initiative, bring_to, everybody, give_money
from tests.boards.test_figures import all_figures, opened
from tests.cast import Cast


def give_abroad(initiative: Initiative, currency: str, asked: str, allocated: str, spent: str) -> None:
    things = CostObject.objects.filter(pk=initiative.cost_object_id)
    with pgtrigger.ignore("funding.CostObject:kept_by_the_database", "funding.ForeignMoney:kept_by_the_database"):
        sums = {"asked": Decimal(asked), "allocated": Decimal(allocated), "spent": Decimal(spent)}
        ForeignMoney.objects.create(cost_object=things.get(), currency=currency, **sums)
        things.update(other_currencies=initiative.cost_object.foreign.count())


@pytest.fixture
def lanes(cast: Cast) -> Initiative:
    """EUR 200, USD 100.05 and GBP 50 allocated; dollars have a rate, pounds none."""
    initiative = an_initiative(cast, "Lanes", "OPS", owner="OPS")
    bring_to(initiative, "active")
    give_money(initiative, 300, 200, 100)
    give_abroad(initiative, "USD", "10.00", "100.05", "0.01")
    give_abroad(initiative, "GBP", "0.00", "50.00", "0.00")
    ExchangeRate.objects.enter("USD", date(2026, 1, 5), Decimal("0.5"), by=cast.finance)
    ExchangeRate.objects.enter("USD", date(2199, 1, 1), Decimal(7), by=cast.finance)
    return initiative


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]  # somebody of the cast
    return client


def test_what_has_a_rate_is_counted_and_what_has_none_is_said(cast: Cast, lanes: Initiative) -> None:
    report = own(cast.ceo)
    money = report["together"].money
    assert {name: (str(one.number), one.without) for name, one in money.items()} == {
        "asked": ("305.00", ()),
        "allocated": ("250.02", (("GBP", Decimal("50.00")),)),  # half a cent to the even one
        "spent": ("100.00", ()),
    }
    assert report["rates"].used == [("USD", Decimal("0.5"), date(2026, 1, 5))]
    html = " ".join(client_of(cast.ceo).get("/own/").content.decode().split())
    assert html.count("GBP 50<br>has no rate") == 3  # its department, together, its status
    assert "USD × 0.5 EUR" in html
    assert "Not in the sums: GBP" in html


def test_the_list_behind_a_figure_says_the_same(cast: Cast, lanes: Initiative) -> None:
    other = an_initiative(cast, "Signs", "OPS", owner="OPS")
    give_abroad(other, "USD", "0.00", "700.00", "0.00")
    figure = own(cast.ceo)["together"].money["allocated"]
    page = client_of(cast.ceo).get(figure.url)
    assert page.context["total"].number == figure.number == Decimal("600.02")
    assert [(str(one), str(sums["allocated"].number)) for one, sums in page.context["amounts"]] == [
        (str(other), "350.00"),
        (str(lanes), "250.02"),
    ]
    html = " ".join(page.content.decode().split())
    assert html.count("GBP 50.00 has no rate") == 2
    assert "Not in the sums: GBP" in html


def test_every_figure_agrees_with_what_it_opens(cast: Cast, world: World) -> None:
    people = everybody(cast)
    for number, initiative in enumerate(world(3, size=12)):
        if number % 2:
            give_abroad(initiative, "USD", f"{number}.33", "20.15", "7.77")
        if number % 3 == 0:
            give_abroad(initiative, "GBP", "1.00", "2.00", "0.00")
    ExchangeRate.objects.enter("USD", date(2026, 1, 5), Decimal("0.92155"), by=cast.finance)
    for person in people:
        for figure in all_figures(own(person)):
            if figure.number is not None and figure.url.startswith("/own/money"):
                assert opened(person, figure.url) == figure.number, f"{person}: {figure.url}"


def test_whose_amounts_are_withheld_reads_no_currency(cast: Cast, lanes: Initiative) -> None:
    for person in (cast.contributor("RET"), cast.administrator, cast.head("SEC")):
        report = own(person)
        assert report["rates"] is None
        assert report["together"].money["allocated"].number is None
        html = client_of(person).get("/own/").content.decode()
        assert "GBP" not in html
        assert "USD" not in html
    head = own(cast.head("OPS"))
    mine = next(owner for owner in head["owners"] if owner.department == cast.department("OPS"))
    assert mine.money["allocated"].without == (("GBP", Decimal("50.00")),)


def test_what_came_of_it_names_what_it_cost(cast: Cast, lanes: Initiative) -> None:
    Initiative.objects.filter(pk=lanes.pk).update(status="completed")
    give_abroad(lanes, "CHF", "0.00", "30.00", "30.00")
    html = client_of(cast.ceo).get("/prove/").content.decode()
    assert "CHF 30.00 has no rate" in html
    assert "CHF" not in client_of(cast.contributor("RET")).get("/prove/").content.decode()


@pytest.mark.parametrize("size", [4, 20])
def test_the_dashboard_asks_one_question_more(
    cast: Cast, world: World, lanes: Initiative, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for initiative in world(1, size=size):
        give_abroad(initiative, "USD", "1.00", "2.00", "0.00")
    client = client_of(cast.ceo)
    with django_assert_max_num_queries(12):
        client.get("/own/")
