"""A floor shows as many rows and columns as its page, so that neither is measured against something else."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from cxgov.seed import seed
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative
from tests.bench import floors

ROW, CELL = r"<tr(?! data-group)[^>]*>", r"<t[dh][ >]"


@pytest.fixture(scope="module")
def made_once(module_db: None) -> Iterator[None]:
    """Large enough that each page is full; the floors' template is found."""
    engine: dict[str, Any] = settings.TEMPLATES[0]
    folders = [*engine["DIRS"], settings.BASE_DIR / "tests" / "bench" / "templates"]
    with override_settings(TEMPLATES=[{**engine, "DIRS": folders}]):
        seed(1, 600)
        yield


@pytest.fixture
def company(made_once: None, db: None) -> None:
    """What each test changes in it is undone."""


def page(user: User, path: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


def table(html: str) -> tuple[int, int]:
    """Rows, and the cells of the first one."""
    rows = re.split(ROW, html)[1:]
    return len(rows), len(re.findall(CELL, rows[0]))


def floor(view: Callable[..., HttpResponse], user: User, *args: str) -> tuple[int, int]:
    request = RequestFactory().get("/")
    request.user = user
    return table(view(request, *args).content.decode())


def body(html: str, of: str) -> str:
    """The body of the table that follows these words."""
    return html.split(of)[1].split("<tbody>")[1].split("</tbody>")[0]


def test_floors_show_as_much_as_their_pages(company: None) -> None:
    ceo = User.objects.get(email="ceo@seed.example")
    rows, columns = table(body(page(ceo, "/initiatives/?status=active&sort=end&group=department"), 'class="table"'))
    assert floor(floors.listing, ceo) == (rows, columns + 1)
    rows, columns = table(body(page(ceo, "/own/"), 'class="table own"'))
    assert floor(floors.dashboard, ceo) == (rows, columns - 1)


def test_the_floor_of_an_initiative_shows_its_check_ins_and_as_many_values(company: None) -> None:
    ceo = User.objects.get(email="ceo@seed.example")
    reported = Initiative.objects.filter(status="active").annotate(reports=Count("check_ins")).filter(reports=10)
    reference = reported.earliest("pk").reference
    html = page(ceo, f"/initiatives/{reference}/")
    check_ins = html.split('class="reports"')[1].split("</ol>")[0].count("<li>")
    rows, columns = floor(floors.detail, ceo, reference)
    assert rows == check_ins
    values = 7 * check_ins + len(re.findall(r"<td|<th scope=\"row\"|<dd|figure-(?:number|note)", html))
    values += 3 * html.split("<h2>History")[1].count("<li>")
    assert abs(values - rows * columns) <= 10


def test_the_floor_of_home_shows_asks_initiatives_and_news(company: None) -> None:
    asked = User.objects.annotate(asks=Count("obligations")).order_by("-asks", "pk")[0]
    html = page(asked, "/")
    mine, columns = table(body(html, "<h2>My initiatives"))
    news = html.split("<h2>What changed")[1].count("<li>")
    rows = html.count('<article class="ask"') + mine + news
    assert floor(floors.home, asked) == (rows, columns + 2)  # reference and title, health and its day share a cell
