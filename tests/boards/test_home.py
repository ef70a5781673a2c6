"""Home says what waits for whom, and takes the answer where it stands."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.duties.models import Obligation
from initiatives.organization.models import User
from initiatives.portfolio.models import CheckIn, Initiative, Involvement, State
from tests.boards.conftest import World, an_initiative, bring_to, everybody, report
from tests.cast import Cast


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask_for_report(initiative: Initiative, person: User, days: int) -> Obligation:
    return Obligation.objects.open(
        "portfolio.check_in",
        initiative,
        person=person,
        due_on=person.today() + timedelta(days=days),
        words=f"Report on {initiative.reference}",
        url=f"/initiatives/{initiative.reference}/check-in/",
    )


def running(cast: Cast, title: str = "Lanes") -> Initiative:
    initiative = an_initiative(cast, title, "OPS", owner="OPS")
    bring_to(initiative, "active")
    return initiative


def test_what_waits_stands_by_urgency(cast: Cast) -> None:
    head = cast.head("OPS")
    for title, days in (("Late", -3), ("Now", 0), ("Near", 7), ("Far", 28)):
        ask_for_report(running(cast, title), head, days)
    html = browse(head).get("/").content.decode()
    heads = re.findall(r'home-waits"><h2>(\w+) ', html)
    assert heads == ["Overdue", "Today", "Soon", "Later"]
    assert "<strong>4 answers</strong>" in html
    assert html.index("Late") < html.index("Now") < html.index("Near") < html.index("Far")


def test_a_report_is_given_from_home_in_one_keystroke(cast: Cast) -> None:
    head, initiative = cast.head("OPS"), running(cast)
    report(initiative, "amber", clock.today() - timedelta(days=40))
    ask_for_report(initiative, head, -1)
    client = browse(head)
    html = client.get("/").content.decode()
    path = f"/initiatives/{initiative.reference}/no-change/"
    assert f'action="{path}"' in html
    answered = client.post(path, {"next": "/"})
    assert (answered.status_code, answered.headers["Location"]) == (302, "/")
    assert CheckIn.objects.get().no_change
    assert not Obligation.objects.waiting_for(head).filter(due_on__lt=head.today()).exists()


def test_a_part_is_accepted_from_home(cast: Cast) -> None:
    initiative = an_initiative(cast, "Lanes")
    part = initiative.propose_involvement(cast.department("SEC"), "A", by=cast.cxo) if cast.head("SEC") else None
    client = browse(cast.head("SEC"))
    html = client.get("/").content.decode()
    assert part is not None
    path = f"/initiatives/{initiative.reference}/parts/{part.pk}/accept/"
    assert f'action="{path}"' in html
    person = cast.head("SEC").pk
    assert client.post(path, {"next": "/", "person": person}).headers["Location"] == "/"
    assert Involvement.objects.get(pk=part.pk).state == State.ACCEPTED
    assert "Nobody waits for you." in client.get("/").content.decode()


def test_an_ask_about_what_one_may_no_longer_see_is_gone(cast: Cast) -> None:
    initiative = running(cast)
    ask_for_report(initiative, cast.contributor("RET"), 1)
    assert initiative.reference not in browse(cast.contributor("RET")).get("/").content.decode().split("What changed")[0]


@pytest.mark.parametrize("part", ["cxo", "ceo", "finance", "auditor", "administrator", "nobody"])
def test_an_empty_home_offers_a_first_step(cast: Cast, part: str) -> None:
    html = browse(getattr(cast, part)).get("/").content.decode()
    assert "Nothing waits for you" in html
    assert '<a class="button" href="/' in html.split('class="empty"')[1].split("</div>")[0]


def test_my_initiatives_come_with_their_health_and_others_do_not(cast: Cast) -> None:
    mine, others = running(cast, "Lanes"), an_initiative(cast, "Lounge", "RET", owner="RET")
    report(mine, "red", clock.today())
    html = browse(cast.head("OPS")).get("/").content.decode()
    own = html.split("<h2>My initiatives")[1].split("<h2>What changed")[0]
    assert mine.title in own
    assert "Off track" in own
    assert others.title not in own
    assert others.title in html.split("What changed")[1]


def test_news_of_a_confidential_initiative_reaches_its_insiders_only(cast: Cast) -> None:
    secret = an_initiative(cast, "Secret", "OPS", owner="OPS")
    secret.make_confidential(by=cast.cxo)
    for person in everybody(cast):
        seen = "Secret" in browse(person).get("/").content.decode()
        assert seen == secret.seen_by(person), person


def test_home_costs_the_same_for_any_number(
    cast: Cast, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    head = cast.head("OPS")
    ask_for_report(running(cast), head, 1)
    an_initiative(cast, "Asked").propose_involvement(cast.department("OPS"), "C", by=cast.cxo)
    client = browse(head)
    with django_assert_max_num_queries(12) as few:
        client.get("/")
    world(3, size=20)
    for number in range(6):
        ask_for_report(running(cast, f"More {number}"), head, number)
    with django_assert_max_num_queries(12) as many:
        client.get("/")
    assert len(many.captured_queries) == len(few.captured_queries)


def test_many_asks_come_ten_at_a_time(cast: Cast) -> None:
    head = cast.head("OPS")
    for number in range(13):
        ask_for_report(running(cast, f"Lane {number}"), head, number)
    client = browse(head)
    first, second = client.get("/").content.decode(), client.get("/?page=2").content.decode()
    assert (first.count('<article class="ask"'), second.count('<article class="ask"')) == (10, 3)
    assert "<strong>13 answers</strong>" in first
    assert '<span class="count">13</span>' in first
    assert 'href="?page=2&amp;answer=' in second or 'href="?page=2&answer=' in second


def test_the_whole_form_of_an_answer_opens_where_the_ask_stands(cast: Cast) -> None:
    """Without JavaScript by its address; htmx asks for the same and gets the asks alone."""
    head, initiative, other = cast.head("OPS"), running(cast), running(cast, "Lounge")
    ask, _ = ask_for_report(initiative, head, 1), ask_for_report(other, head, 2)
    client = browse(head)
    shut, path = client.get("/").content.decode(), f"/initiatives/{initiative.reference}/check-in/"
    assert f'action="{path}"' not in shut
    assert f'href="?answer={ask.pk}#ask-{ask.pk}"' in shut
    page = client.get(f"/?answer={ask.pk}").content.decode()
    assert page.count('name="health" value="green"') == 1
    assert f'action="{path}"' in page
    part = client.get(f"/?answer={ask.pk}", headers={"HX-Request": "true", "HX-Target": "waits"}).content.decode()
    assert f'action="{path}"' in part
    assert "<h1>" not in part
    answered = client.post(path, {"health": "amber", "back": "home"})
    assert (answered.status_code, answered.headers["Location"]) == (302, "/")
    assert CheckIn.objects.get().health == "amber"


@pytest.mark.parametrize("answer", ["x", "0", "-1", "99999999999999999999"])
def test_an_answer_that_nobody_waits_for_opens_nothing(cast: Cast, answer: str) -> None:
    ask_for_report(running(cast), cast.head("OPS"), 1)
    page = browse(cast.head("OPS")).get("/", {"answer": answer})
    assert page.status_code == 200
    assert 'name="health"' not in page.content.decode()
