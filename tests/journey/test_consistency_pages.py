"""The pages of readings: what they show to whom, with the readings behind each figure, and how many queries they take."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.journey.models import MapPolicy, Problem, Reading, State, Touchpoint
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_breaches import capped
from tests.journey.test_readings import count, rate

PAGE, LIST = "/own/consistency/", "/own/readings/"


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def signs(journey_map: Map, cast: Cast) -> Touchpoint:
    """Booking a space: 4.2 on the web, which OPS owns, and 3.4 at the desk, where six letters come from as well."""
    web, desk = journey_map.touchpoint("On the web"), journey_map.touchpoint("At the desk", channel=journey_map.desk)
    cast.head("OPS")
    web.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    rate(web, "4.2", 40, by=cast.cxo)
    rate(desk, "3.4", 60, by=cast.cxo)
    count(desk, 600, 100, by=cast.cxo, department=cast.department("MKT"))
    return web


def test_the_page_compares_the_channels_of_each_stage(signs: Touchpoint, cast: Cast) -> None:
    capped(cast, floor=None)
    answer = browse(cast.auditor).get(PAGE)
    row = answer.context["rows"][0]
    assert [(one.name, one.score.value) for one in row.scales[0].channels] == [("Web", Decimal("4.2")), ("Desk", Decimal("3.4"))]
    assert (row.scales[0].value, row.pressure.value, row.over) == (Decimal("0.8"), 6, True)
    page = answer.content.decode()
    assert "<strong>0.80</strong>" in page
    assert "<strong>6.00</strong>" in page
    assert "above the cap" in page
    assert "More than 4 contacts per customer in 30 days: <strong>Plan</strong>." in page
    assert page.count("not measured") == 2  # the other two stages


def test_each_figure_opens_the_readings_that_it_is_made_of(signs: Touchpoint, journey_map: Map, cast: Cast) -> None:
    desk = Touchpoint.objects.get(title="At the desk")
    rate(desk, "1", 500, by=cast.cxo, ago=400, source="Too old")
    count(desk, 900, 100, by=cast.cxo, ago=50, department=cast.department("MKT"))  # an older month
    client = browse(cast.auditor)
    row = client.get(PAGE).context["rows"][0]
    behind = client.get(row.scales[0].channels[1].url).context["rows"]
    assert [one.value for one, _ in behind] == [Decimal("3.4")]
    assert [one.total for one, _ in client.get(row.url).context["rows"]] == [600]
    assert client.get(LIST).context["total"] == 5


def test_who_may_not_know_of_a_touchpoint_reads_nothing_of_it(signs: Touchpoint, journey_map: Map, cast: Cast) -> None:
    desk = Touchpoint.objects.get(title="At the desk")
    desk.restrict(by=cast.cxo, departments=[cast.department("HR")])
    client = browse(cast.contributor("OPS"))
    row = client.get(PAGE).context["rows"][0]
    assert (len(row.scales[0].channels), row.scales[0].value, row.pressure) == (1, None, None)
    assert [one.touchpoint for one, _ in client.get(LIST).context["rows"]] == [signs]
    assert client.get(f"{LIST}?touchpoint={desk.reference}").context["total"] == 0
    assert b"At the desk" not in client.get(LIST).content
    stage = client.get(f"/own/stages/{journey_map.before.reference}/")
    assert b"3.40" not in stage.content


def test_a_reading_is_entered_on_the_page_of_its_touchpoint(signs: Touchpoint, cast: Cast) -> None:
    client = browse(cast.contributor("OPS"))
    path, last = f"/own/touchpoints/{signs.reference}/readings/new/", clock.today() - timedelta(days=1)
    given: dict[str, Any] = {"mean": "2.5", "n": "200", "low": "1", "high": "5", "source": "Desk survey"}
    given |= {"first_day": (last - timedelta(days=20)).isoformat(), "last_day": last.isoformat()}
    before = Reading.objects.count()
    answer = client.post(path, {**given, "mean": "5.5"})
    assert (answer.status_code, Reading.objects.count()) == (422, before)
    assert b"does not lie between 1 and 5" in answer.content
    answer = client.post(path, given, follow=True)
    assert b"Desk survey" in answer.content
    assert Reading.objects.get(source="Desk survey").total == 500


def test_contacts_above_the_cap_open_a_problem_at_once(signs: Touchpoint, cast: Cast) -> None:
    capped(cast, cap="7", floor=None)
    client = browse(cast.contributor("OPS"))
    last = clock.today() - timedelta(days=1)
    given = {"contacts": "1000", "n": "100", "department": "MKT", "source": "Mail", "last_day": last.isoformat()}
    given["first_day"] = (last - timedelta(days=29)).isoformat()
    path = f"/own/touchpoints/{signs.reference}/readings/new/?kind=contacts"
    assert client.post(path, {**given, "department": "NONE"}).status_code == 422
    assert client.post(path, given).status_code == 302
    problem = Problem.objects.get()
    assert problem.reference in client.get(PAGE).content.decode()
    [sender] = client.get(PAGE).context["senders"]
    assert (sender.department, sender.sent, sender.breaches) == (cast.department("MKT"), 1_600, [(problem.reference, True)])
    assert problem.reference in client.get(f"/own/stages/{signs.stage.reference}/").content.decode()
    behind = client.get(problem.get_absolute_url()).context["read"]
    assert [one.total for one, _ in client.get(behind).context["rows"]] == [1_000, 600]


def test_who_answers_for_it_withdraws_a_reading(signs: Touchpoint, cast: Cast) -> None:
    reading = Reading.objects.get(touchpoint=signs)
    path = f"{LIST}{reading.pk}/withdraw/"
    assert browse(cast.head("HR")).post(path, {"reason": "No."}).status_code == 403
    assert browse(cast.head("OPS")).post(path, {"reason": ""}).status_code == 422
    assert Reading.objects.living().count() == 3
    assert browse(cast.head("OPS")).post(path, {"reason": "Of another page."}).status_code == 302
    assert Reading.objects.living().count() == 2


@pytest.mark.parametrize(("path", "queries"), [(PAGE, 16), (LIST, 11)])
def test_a_page_takes_as_many_queries_however_much_was_read(
    signs: Touchpoint, cast: Cast, path: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(cast.head("OPS"))
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)
    for number in range(3):
        rate(signs, "3", 50, by=cast.cxo, source=f"Survey {number}")
        count(signs, 100, 50, by=cast.head("OPS"), department=cast.department("OPS"), source=f"Mail {number}")
    with django_assert_num_queries(queries):
        client.get(path)


def test_the_cxo_sets_the_limits_and_nothing_that_cannot_be(cast: Cast) -> None:
    client = browse(cast.cxo)
    kept = {name: getattr(MapPolicy(), name) for name in MapPolicy.numbers() if getattr(MapPolicy(), name) is not None}
    given = {name: value for name, value in kept.items() if value is not False}
    for wrong in ({"contact_cap": "-1"}, {"moment_floor": "1.5"}):
        assert client.post("/own/policy/set/", {**given, **wrong, "reason": "Why."}).status_code == 422
    limits = {"contact_cap": "4", "moment_floor": "0.6", "rating_n_min": "50"}
    assert client.post("/own/policy/set/", {**given, **limits, "reason": "Customers complain."}).status_code == 302
    policy = MapPolicy.objects.current()
    assert (str(policy.contact_cap), str(policy.moment_floor), policy.rating_n_min) == ("4.00", "0.60", 50)
    shown = client.get("/own/policy/").content.decode()
    assert "4.00 contacts per customer in 30 days" in shown
