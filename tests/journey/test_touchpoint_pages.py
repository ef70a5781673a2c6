"""The touchpoints' pages over HTTP: what they show to whom, and how many queries they take."""

import csv
import io

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.journey.models import Journey, OwnedObject, State, Step, Touchpoint
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_readings import rate

LIST = "/own/touchpoints/"


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def restrict(touchpoint: Touchpoint) -> None:
    OwnedObject.objects.filter(pk=touchpoint.owned_id).update(restricted=True)


def rows(client: Client, query: str = "") -> list[str]:
    return [row["title"] for row in client.get(f"{LIST}?{query}").context["rows"]]


@pytest.fixture
def filled(journey_map: Map, cast: Cast) -> Map:
    """An owned web page, an unowned desk that is a moment of truth, and a restricted lounge of HR."""
    owned = journey_map.touchpoint("Booking a space", reach=500)
    owned.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    journey_map.touchpoint("Asking the way", stage=journey_map.after, channel=journey_map.desk, reach=300, moment_of_truth=True)
    hidden = journey_map.touchpoint("Secret lounge", reach=9_000)
    hidden.owned.become(State.OWNED, department=cast.department("HR"), person=cast.contributor("HR"))
    restrict(hidden)
    return journey_map


def test_the_list_is_ordered_by_weight_and_says_how_many_have_no_owner(filled: Map, cast: Cast) -> None:
    answer = browse(cast.head("OPS")).get(LIST)
    assert [row["title"] for row in answer.context["rows"]] == ["Asking the way", "Booking a space"]
    assert (answer.context["total"], answer.context["without_owner"]) == (2, 1)


def test_each_filter_narrows_the_list(filled: Map, cast: Cast) -> None:
    client = browse(cast.cxo)
    way, space, lounge = "Asking the way", "Booking a space", "Secret lounge"
    assert rows(client, f"stage={filled.after.reference}") == [way]
    assert rows(client, f"channel={filled.web.pk}") == [lounge, space]
    assert rows(client, "department=OPS") == [space]
    assert rows(client, "department=none") == [way]
    assert rows(client, "department=none&department=HR") == [lounge, way]
    assert rows(client, "state=unowned") == [way]
    assert rows(client, "moment=1") == [way]
    assert rows(client, "q=booking") == [space]
    assert rows(client, "sort=title") == [way, space, lounge]


@pytest.mark.parametrize("query", ["stage=STG-99999", "channel=0", "department=XX", "state=lost", "moment=2", "sort=colour"])
def test_a_value_outside_the_grammar_is_refused(filled: Map, cast: Cast, query: str) -> None:
    assert browse(cast.cxo).get(f"{LIST}?{query}").status_code == 400


def test_a_restricted_touchpoint_is_nowhere_for_others(filled: Map, cast: Cast) -> None:
    hidden = Touchpoint.objects.get(title="Secret lounge")
    client = browse(cast.head("OPS"))
    for query in ("", "q=lounge", "department=HR", f"channel={filled.web.pk}", "state=owned"):
        answer = client.get(f"{LIST}?{query}")
        assert "lounge" not in answer.content.decode().replace("q=lounge", "").replace("“lounge”", "").replace('"lounge"', "")
        assert hidden.reference not in answer.content.decode()
    assert client.get(f"{LIST}?department=HR").context["total"] == 0
    assert "Secret" not in client.get(f"{LIST}export.csv").content.decode()
    assert client.get(hidden.get_absolute_url()).content == client.get("/own/touchpoints/TP-99999/").content
    assert browse(cast.head("HR")).get(f"{LIST}?department=HR").context["total"] == 0  # not granted before it is projected


def test_what_a_page_says_of_all_weight_is_among_what_its_reader_sees(filled: Map, cast: Cast) -> None:
    page = Touchpoint.objects.get(title="Booking a space").get_absolute_url()
    for reader, place, weight in ((cast.head("OPS"), 2, 1_400), (cast.ceo, 3, 10_400)):
        context = browse(reader).get(page).context
        assert (context["place"], context["all_weight"]) == (place, weight)


def test_the_export_holds_what_the_list_shows(filled: Map, cast: Cast) -> None:
    answer = browse(cast.contributor("OPS")).get(f"{LIST}export.csv?state=owned")
    assert answer.headers["Content-Type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Title"], row["Owning department"], row["Weight"]) for row in table] == [("Booking a space", "OPS", "500.00")]


def test_a_page_shows_parts_the_whole_and_journeys(filled: Map, cast: Cast) -> None:
    whole = Touchpoint.objects.get(title="Booking a space")
    part = filled.touchpoint("Paying for it", parent=whole)
    journey = Journey.objects.create(title="By car")
    for position in (1, 2):
        Step.objects.create(journey=journey, touchpoint=whole, position=position)
    client = browse(cast.head("IT"))
    page = client.get(whole.get_absolute_url())
    assert [one["title"] for one in page.context["parts"]] == ["Paying for it"]
    assert "By car" in page.content.decode()
    assert "2 times" in page.content.decode()
    assert "counts as unowned" in client.get(part.get_absolute_url()).content.decode()
    restrict(whole)
    hidden = client.get(part.get_absolute_url())
    assert hidden.context["whole"] is None
    assert whole.reference not in hidden.content.decode()


def test_the_list_costs_the_same_for_any_number(
    filled: Map, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(cast.head("OPS"))
    client.get(LIST)
    with django_assert_num_queries(10):
        client.get(LIST)
    for number in range(120):
        filled.touchpoint(f"Gate {number}", reach=number)
    with django_assert_num_queries(10):
        assert len(client.get(LIST).context["rows"]) == 100


def test_a_touchpoints_page_costs_the_same_whatever_hangs_on_it(
    filled: Map, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    whole = Touchpoint.objects.get(title="Booking a space")
    client = browse(cast.head("OPS"))
    client.get(whole.get_absolute_url())
    with django_assert_num_queries(23):
        client.get(whole.get_absolute_url())
    for number in range(4):
        filled.touchpoint(f"Part {number}", parent=whole)
        rate(whole, "3", 40, by=cast.cxo, source=f"Survey {number}")
    with django_assert_num_queries(23):
        client.get(whole.get_absolute_url())
