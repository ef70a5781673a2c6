"""Every figure of the dashboard opens exactly what it counts, for every role; what may not be seen is withheld, never zero."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import Sum
from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from initiatives.boards.reports import records
from initiatives.boards.reports.figures import Amount, Count
from initiatives.boards.reports.own import MONEY, own
from initiatives.organization.models import User
from initiatives.portfolio.listing import Portfolio
from initiatives.portfolio.models import Initiative
from tests.boards.conftest import World, an_initiative, bring_to, everybody, give_money
from tests.cast import Cast


def all_figures(thing: Any) -> Iterator[Count | Amount]:
    """Every figure anywhere in a report."""
    if isinstance(thing, Count | Amount):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from all_figures(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from all_figures(value)
    elif is_dataclass(thing):
        for one in fields(thing):
            yield from all_figures(getattr(thing, one.name))


def opened(user: User, url: str) -> int | Decimal:
    """The total of the list that a figure's address opens, asked of what the page shows."""
    address = urlsplit(url)
    query = QueryDict(address.query)
    name = resolve(address.path).view_name
    if name == "portfolio:list":
        return Portfolio(user, query).found.count()
    if name == "boards:money":
        return Decimal(records.money_of(user, query)["total"].number)
    assert name == "boards:waiting"
    return int(records.waiting_of(user, query)["rows"].paginator.count)


def test_every_figure_agrees_with_what_it_opens(cast: Cast, world: World) -> None:
    people = everybody(cast)
    made = world()
    made[0].propose_involvement(cast.department("RET"), "R", by=cast.cxo)
    for person in people:
        known = {figure.url: figure.number for figure in all_figures(own(person)) if figure.number is not None}
        assert len(known) > 30
        for url, number in known.items():
            assert opened(person, url) == number, f"{person}: {url}"


@pytest.mark.parametrize("seed", [4, 5])
def test_the_parts_add_up(cast: Cast, world: World, seed: int) -> None:
    people = everybody(cast)
    world(seed)
    for person in people:
        report = own(person)
        rows = [*report["owners"], report["unowned"]]
        together = report["together"]
        assert sum(row.total.number for row in rows) == together.total.number
        for row in (*rows, together):
            assert sum(count.number for count in row.healths.values()) + row.idle.number == row.total.number
        assert sum(stage.count.number for stage in report["stages"]) == Initiative.objects.visible_to(person).count()
        for name in MONEY:
            if together.money[name].number is not None:
                assert sum(row.money[name].number for row in rows) == together.money[name].number
                assert sum(stage.money[name].number for stage in report["stages"]) == together.money[name].number


def test_amounts_are_withheld_from_whom_they_are_not_for_and_never_zero(cast: Cast, world: World) -> None:
    people = everybody(cast)
    world(6)
    cast.department("OPS")
    for person in people:
        report = own(person)
        rows = [*report["owners"], report["unowned"], report["together"]]
        if person in (cast.cxo, cast.ceo, cast.finance, cast.auditor):
            assert all(row.money[name].number is not None for row in rows for name in MONEY)
            continue
        heads = person.standing.heads
        for row in rows:
            mine = row.department is not None and row.department.pk in heads
            assert all((row.money[name].number is not None) == mine for name in MONEY), (person, row.department)
        assert all(stage.money[name].number is None for stage in report["stages"] for name in MONEY)


def test_a_withheld_amount_reads_withheld_and_opens_nothing(cast: Cast) -> None:
    initiative = an_initiative(cast, "Lanes", "OPS", owner="OPS")
    bring_to(initiative, "active")
    give_money(initiative, 300, 200, 100)
    contributor, head = Client(), Client()
    contributor.force_login(cast.contributor("OPS"))
    head.force_login(cast.head("OPS"))
    html = contributor.get("/own/").content.decode()
    assert "withheld" in html
    assert 'EUR">' not in html.split("</thead>")[1]
    for figure in MONEY:
        for query in (f"figure={figure}&accountable=OPS", f"figure={figure}", f"figure={figure}&accountable=none"):
            assert contributor.get(f"/own/money/?{query}").status_code == 403
    assert head.get("/own/money/?figure=spent&accountable=OPS").context["total"].number == 100
    assert head.get("/own/money/?figure=spent").status_code == 403
    assert head.get("/own/money/?figure=spent&accountable=none").status_code == 403


def test_a_confidential_initiative_is_in_nobody_elses_figures(cast: Cast) -> None:
    """The page is the same to the byte as if it did not exist; who may see it counts it and its money."""
    shown = an_initiative(cast, "Lanes", "OPS", owner="OPS")
    bring_to(shown, "active")
    give_money(shown, 0, 200, 100)
    secret = an_initiative(cast, "Secret", "OPS", owner="OPS")
    bring_to(secret, "active")
    give_money(secret, 0, 1000, 500)
    cast.contributor("RET"), cast.finance, cast.head("OPS")
    secret.make_confidential(by=cast.cxo)
    assert own(cast.contributor("RET"))["together"].total.number == 1
    assert own(cast.finance)["together"].money["spent"].number == 100
    assert own(cast.head("OPS"))["together"].total.number == 2
    report = own(cast.ceo)["together"]
    assert (report.total.number, report.money["spent"].number) == (2, 600)
    every = Initiative.objects.aggregate(sum=Sum("cost_object__spent"))["sum"]
    assert report.money["spent"].number == every


def test_health_counts_unknown_and_stale_apart(cast: Cast, world: World) -> None:
    world(7, size=80)
    report = own(cast.ceo)["together"]
    assert all(count.number for count in report.healths.values())
    assert "health=stale" in report.healths["stale"].url
    assert "health=unknown" in report.healths["unknown"].url


@pytest.mark.parametrize(
    "query",
    ["", "figure=free", "figure=spent&accountable=XXX", "figure=spent&status=gone", "figure=spent&status=active&status=x"],
)
def test_a_list_that_no_figure_asks_for_is_refused(cast: Cast, query: str) -> None:
    client = Client()
    client.force_login(cast.ceo)
    assert client.get(f"/own/money/?{query}").status_code == 400


def test_an_unknown_department_has_no_list_of_answers(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ceo)
    assert client.get("/own/waiting/?department=XXX").status_code == 400
    assert client.get("/own/waiting/?department=none").status_code == 200
