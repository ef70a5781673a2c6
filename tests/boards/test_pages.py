"""The boards over HTTP: each role reads them, every link on them opens, and they cost the same for any number."""

import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative
from tests.boards.conftest import World, an_initiative, bring_to, everybody, give_money
from tests.cast import Cast


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", ["/own/", "/own/waiting/", "/prove/"])
def test_everybody_reads_the_boards_empty_and_full(cast: Cast, world: World, path: str) -> None:
    people = everybody(cast)
    assert all(browse(person).get(path).status_code == 200 for person in people)
    world(1, size=12)
    assert all(browse(person).get(path).status_code == 200 for person in people)


@pytest.mark.parametrize("part", ["ceo", "administrator"])
def test_every_link_on_the_dashboard_opens(cast: Cast, world: World, part: str) -> None:
    client = browse(getattr(cast, part))
    world(2, size=12)
    main = client.get("/own/").content.decode().split('id="main"')[1]
    links = {unescape(link) for link in re.findall(r'href="([^"#]+)"', main)}
    assert len(links) > 20
    assert {link: status for link in links if (status := client.get(link).status_code) != 200} == {}


def test_nobody_signed_in_reads_nothing(client: Client, db: None) -> None:
    for path in ("/", "/own/", "/own/money/?figure=spent", "/own/waiting/", "/prove/"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize("part", ["ceo", "cxo", "finance", "auditor"])
def test_the_dashboard_costs_the_same_for_any_number(
    cast: Cast, world: World, part: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(getattr(cast, part))
    world(1, size=6)
    with django_assert_max_num_queries(12) as few:
        client.get("/own/")
    world(2, size=24)
    with django_assert_max_num_queries(12) as many:
        client.get("/own/")
    assert len(many.captured_queries) == len(few.captured_queries)


def test_a_promise_is_shown_with_its_cost_and_without_a_result(cast: Cast) -> None:
    done = an_initiative(cast, "Lanes", "OPS", owner="OPS", hypothesis="Queues fall below 10 minutes.")
    bring_to(done, "completed")
    give_money(done, 0, 900, 800)
    for person, cost in ((cast.ceo, "800.00"), (cast.head("OPS"), "800.00"), (cast.contributor("RET"), "withheld")):
        html = browse(person).get("/prove/").content.decode()
        assert "Queues fall below 10 minutes." in html
        assert "not measured yet" in html
        assert cost in html


def test_nothing_completed_says_what_the_page_is_for(cast: Cast) -> None:
    assert "Nothing to prove yet" in browse(cast.ceo).get("/prove/").content.decode()


def test_a_confidential_initiative_leaves_no_trace_on_the_boards(cast: Cast, world: World) -> None:
    """Each page of who may not see it is the same to the byte before it exists, and after."""
    outsiders = [browse(person) for person in (cast.finance, cast.contributor("RET"), cast.head("RET"), cast.administrator)]
    cast.head("OPS")
    world(3, size=8)
    paths = ("/own/", "/own/waiting/", "/prove/", "/")

    def pages() -> list[str]:
        html = [client.get(path).content.decode() for client in outsiders for path in paths]
        return [re.sub(r'value="\w{64}"|X-CSRFToken[^}]*}|title="[^"]*"|datetime="[^"]*"', "", text) for text in html]

    before = pages()
    secret = an_initiative(cast, "Secret", "OPS")
    secret.make_confidential(by=cast.cxo)
    secret.propose_involvement(cast.department("OPS"), "A", by=cast.cxo).accept(by=cast.head("OPS"))
    bring_to(secret, "completed")
    give_money(secret, 100, 900, 800)
    assert Initiative.objects.get(pk=secret.pk).confidential
    assert pages() == before
