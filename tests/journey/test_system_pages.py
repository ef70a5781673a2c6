"""The pages of systems over HTTP: what they show to whom, how they refuse, and how many queries they take."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from initiatives.core.models import Event
from initiatives.journey.models import DataEntity, Flow, Journey, Lifecycle, MatrixCell, State, Step, System, TruthPolicy
from initiatives.journey.reports.landscape import Landscape as Seen
from initiatives.journey.reports.system_map import columns
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.systems import Landscape

LISTS = ("systems", "system_map", "entities", "single_view")


@pytest.fixture
def shop(cast: Cast, landscape: Landscape, journey_map: Map) -> dict[str, Any]:
    """Web, store and call centre; the web reaches the call centre over the CRM, the store reaches nobody."""
    web, store, call = (
        journey_map.touchpoint(title, channel=channel, stage=stage, reach=reach)
        for title, channel, stage, reach in (
            ("Order online", journey_map.web, journey_map.before, 70),
            ("Order in the store", journey_map.desk, journey_map.before, 30),
            ("Ask the call centre", journey_map.desk, journey_map.after, 500),
        )
    )
    for title, path in (("Online", (web, call)), ("Offline", (store, call)), ("Again", (web, call))):
        journey = Journey.objects.create(title=title)
        for position, touchpoint in enumerate(path):
            Step.objects.create(journey=journey, touchpoint=touchpoint, position=position)
    cms = landscape.system("Web shop", "MKT", touchpoints=[web], yearly_cost=Decimal(1000))
    till = landscape.system("Till", touchpoints=[store], yearly_cost=Decimal(10))
    crm = landscape.system("CRM", "IT", touchpoints=[call], yearly_cost=Decimal(500))
    identity, order = landscape.entity("Identity", context=True), landscape.entity("Order", context=True)
    for entity in (identity, order):
        for system in (cms, till):
            entity.assign(system, ["capture"], by=cast.cxo)
    identity.assign(crm, ["record"], by=cast.cxo)
    flow = landscape.flow(cms, crm, identity, 60)
    TruthPolicy.objects.agree(by=cast.cxo, reason="One desk.", node=crm, limit_minutes=60, repeat_target=50)
    return {
        "web": web, "store": store, "call": call, "cms": cms, "till": till, "crm": crm,
        "identity": identity, "order": order, "flow": flow,
    }  # fmt: skip


def path(name: str, *args: Any) -> str:
    return reverse(f"journey:{name}", args=args)


def typed(system: System, **changes: Any) -> dict[str, Any]:
    """What the edit form sends."""
    return {
        "title": system.title, "lifecycle": system.lifecycle, "course": system.course, "version": system.version,
        "yearly_cost": "", "vendor": system.vendor, **changes,
    }  # fmt: skip


def test_the_fixture_of_repeat_risk_from_the_journeys(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    """web→call t 70 carry .5, store→call t 30 carry 0 → R 0.65, each passage counted once."""
    client.force_login(cast.contributor("OPS"))
    context = client.get(path("single_view")).context
    assert (context["risk"], context["passages"], context["risk_missed"]) == (65, 2, True)
    worst, next_one = context["broken"]
    assert (worst["pair"].before["title"], worst["asked"], worst["percent"]) == ("Order online", 35, 50)
    assert [entity.title for entity in worst["pair"].missing] == ["Order"]
    assert (next_one["pair"].before["title"], next_one["asked"]) == ("Order in the store", 30)
    assert (context["reach"], context["reached"], context["entities"]) == (0, 0, 2)  # captured in the till, and not passed on
    assert (context["link"], context["joined"], context["pairs"]) == (0, 0, 1)
    assert (context["conflicts"], context["voids"]) == (0, 1)


def test_a_passage_that_breaks_is_one_click_from_a_problem(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    client.force_login(cast.cxo)
    link = f"{path('pose_problem')}?touchpoint={shop['call'].reference}"
    assert link in client.get(path("single_view")).content.decode()
    form = client.get(link).context["form"]
    assert form["touchpoint"].value() == shop["call"].reference
    client.force_login(cast.auditor)
    assert "Make it a problem" not in client.get(path("single_view")).content.decode()


def test_what_may_not_be_seen_is_not_counted(cast: Cast, shop: dict[str, Any], landscape: Landscape, client: Client) -> None:
    landscape.hide(shop["store"])
    client.force_login(cast.contributor("OPS"))
    context = client.get(path("single_view")).context
    assert (context["risk"], context["passages"], context["pairs"]) == (50, 1, 0)
    client.force_login(cast.ceo)
    assert client.get(path("single_view")).context["risk"] == 65


@pytest.mark.parametrize("what", ["till", "identity", "store"])
def test_a_page_is_the_same_whether_what_is_hidden_exists_or_not(
    cast: Cast, shop: dict[str, Any], landscape: Landscape, client: Client, what: str
) -> None:
    hidden = shop[what]
    landscape.hide(hidden)
    client.force_login(cast.contributor("OPS"))
    paths = [path(name) for name in (*LISTS, "export_systems")]
    paths += [thing.get_absolute_url() for name, thing in shop.items() if name not in (what, "flow")]
    for page in paths:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert hidden.title not in answer.content.decode(), page
        assert hidden.reference not in answer.content.decode(), page
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.get(f"{path('systems')}?q={hidden.title}").context["total"] == 0


def test_costs_are_withheld_and_their_order_too(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    client.force_login(cast.head("IT"))
    answer = client.get(path("systems"))
    assert (answer.context["cost"], answer.context["withheld"]) == (500, 2)
    text = answer.content.decode()
    assert "1,000.00" not in text
    assert "withheld (2)" in text
    by_cost = client.get(f"{path('systems')}?sort=cost").context["rows"]
    assert [row["title"] for row in by_cost] == ["CRM", "Web shop", "Till"]  # what is withheld is not sorted
    assert "1000" not in client.get(path("export_systems")).content.decode()
    assert "1,000.00" not in client.get(shop["cms"].get_absolute_url()).content.decode()
    client.force_login(cast.finance)
    assert client.get(path("systems")).context["cost"] == 1510
    assert "1000.00" in client.get(path("export_systems")).content.decode()


def test_the_list_and_the_page_agree_on_whose_cost_is_open(cast: Cast, shop: dict[str, Any]) -> None:
    System.objects.register(by=cast.head("OPS"), title="New")
    people = [cast.head("IT"), cast.deputy("MKT"), cast.contributor("IT"), cast.head("OPS"), cast.contributor("OPS")]
    for person in (*people, cast.cxo, cast.ceo, cast.finance, cast.auditor, cast.administrator):
        for system in System.objects.with_cost_open_to(person):
            assert system.cost_is_open == system.cost_open_to(person), (person, system)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=web+shop", ["Web shop"]),
        ("owner=IT", ["CRM"]),
        ("owner=none", ["Till"]),
        ("lifecycle=retired", ["Old"]),
        ("course=invest", []),
        ("sort=-title", ["Web shop", "Till", "CRM"]),
        ("sort=owner", ["CRM", "Web shop", "Till"]),
    ],
)
def test_the_register_is_filtered_and_sorted(
    cast: Cast, shop: dict[str, Any], landscape: Landscape, client: Client, query: str, found: list[str]
) -> None:
    landscape.system("Old").retire(by=cast.cxo, reason="Old.")
    client.force_login(cast.cxo)
    assert [row["title"] for row in client.get(f"{path('systems')}?{query}").context["rows"]] == found


@pytest.mark.parametrize("query", ["sort=yearly_cost", "sort=-owned__person", "owner=NOWHERE", "lifecycle=lost", "stage=x"])
def test_a_look_that_is_not_on_offer_is_refused(cast: Cast, client: Client, query: str) -> None:
    client.force_login(cast.head("OPS"))
    assert client.get(f"{path('systems')}?{query}").status_code == 400
    assert client.get(f"{path('export_systems')}?{query}").status_code == 400


def test_a_system_is_registered_edited_and_retired(cast: Cast, journey_map: Map, client: Client) -> None:
    client.force_login(cast.head("IT"))
    touchpoint = journey_map.touchpoint()
    sent = {"title": "CRM", "lifecycle": "in_use", "course": "invest", "yearly_cost": "1200.50", "touchpoints": [touchpoint.pk]}
    assert client.post(path("register_system"), sent).status_code == 302
    system = System.objects.get()
    assert (system.yearly_cost, list(system.touchpoints.all())) == (Decimal("1200.50"), [touchpoint])
    edit = path("edit_system", system.reference)
    assert client.get(edit).status_code == 200
    assert client.post(edit, typed(system, vendor="Acme")).status_code == 302
    stale = client.post(edit, typed(system, vendor="Late"))
    assert stale.status_code == 409
    assert "Acme" in stale.content.decode()
    assert client.post(path("retire_system", system.reference), {"reason": ""}).status_code == 422
    assert client.post(path("retire_system", system.reference), {"reason": "Old."}).status_code == 302
    system.refresh_from_db()
    assert (system.vendor, system.lifecycle) == ("Acme", Lifecycle.RETIRED)
    assert client.get(system.get_absolute_url()).status_code == 200


def test_a_conflict_keeps_every_tick_and_names_only_what_differs(
    cast: Cast, shop: dict[str, Any], landscape: Landscape, client: Client
) -> None:
    web, store, call, crm = (shop[name] for name in ("web", "store", "call", "crm"))
    client.force_login(cast.head("IT"))
    crm.edit({"vendor": "Acme"}, touchpoints=[call, web], version=crm.version, by=cast.head("IT"))
    landscape.hide(web)
    ticked = [store.pk, call.pk]
    stale = client.post(
        path("edit_system", crm.reference), typed(crm, vendor="Acme", yearly_cost="500", touchpoints=ticked, version=1)
    )
    assert stale.status_code == 409
    form, (row,) = stale.context["form"], stale.context["conflict"]
    assert sorted(map(int, form["touchpoints"].value())) == sorted(ticked)
    assert form["version"].value() == str(System.objects.get(pk=crm.pk).version)
    assert row["label"] == "Touchpoints it serves"
    assert set(row["typed"].split(", ")) == {store.title, call.title}
    assert row["now"] == call.title  # what is hidden from the reader is not told
    assert web.title not in stale.content.decode()


def test_a_conflict_about_a_flow_says_nothing_of_what_a_flow_has_no_word_for(
    cast: Cast, shop: dict[str, Any], client: Client
) -> None:
    flow = shop["flow"]
    client.force_login(cast.cxo)
    flow.change({"key": "mail"}, version=flow.version, by=cast.cxo)
    sent = {"key": "name", "direction": flow.direction, "online": "on", "every": "1", "unit": "60", "version": 1}
    stale = client.post(path("change_flow", flow.source.reference, flow.pk), sent)
    assert stale.status_code == 409
    assert stale.context["conflict"] == [{"label": "Key", "typed": "name", "now": "mail"}]


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"lifecycle": "retired"}, {"yearly_cost": "-5"}, {"yearly_cost": "1,000"}, {"touchpoints": ["999999"]}],
)
def test_bad_input_is_an_error_at_its_field(cast: Cast, client: Client, wrong: dict[str, Any]) -> None:
    client.force_login(cast.cxo)
    answer = client.post(path("register_system"), {"title": "CRM", "lifecycle": "in_use", "course": "invest", **wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert not System.objects.exists()
    assert not Event.objects.exists()


def test_a_hidden_touchpoint_cannot_be_named(cast: Cast, landscape: Landscape, journey_map: Map, client: Client) -> None:
    touchpoint = journey_map.touchpoint("Kestrel")
    landscape.hide(touchpoint)
    client.force_login(cast.head("IT"))
    sent = {"title": "CRM", "lifecycle": "in_use", "course": "invest", "touchpoints": [touchpoint.pk]}
    answer = client.post(path("register_system"), sent)
    assert answer.status_code == 422
    assert "Kestrel" not in answer.content.decode()


def test_the_matrix_is_filled_in_and_ruled(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    client.force_login(cast.head("MKT"))
    identity, cms = shop["identity"], shop["cms"]
    cell = path("assign", identity.reference, cms.reference)
    assert client.get(cell).context["roles"] == ["capture"]
    assert client.post(cell, {"roles": ["capture", "record"], "region": ""}).status_code == 302
    assert client.post(cell, {"roles": ["record"], "region": "eu"}).status_code == 302
    assert client.post(cell, {"roles": ["king"]}).status_code == 422
    page = client.get(path("entities"))
    assert (page.context["conflicts"], page.context["voids"]) == (1, 1)
    claim = MatrixCell.objects.get(claimed=True)
    rule = path("rule", identity.reference, claim.pk)
    assert client.post(rule, {"reason": "Ours."}).status_code == 403
    client.force_login(cast.cxo)
    assert "Rule on the conflict" in client.get(identity.get_absolute_url()).content.decode()
    assert client.post(rule, {"reason": ""}).status_code == 422
    assert client.post(rule, {"reason": "The shop asks."}).status_code == 302
    assert client.get(path("entities")).context["conflicts"] == 0


def test_flows_are_added_changed_and_ended(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    client.force_login(cast.head("IT"))
    crm, cms = shop["crm"], shop["cms"]
    sent = {
        "target": cms.pk, "entity": shop["order"].pk, "key": "e-mail", "direction": "both_ways", "every": "2", "unit": "60",
    }  # fmt: skip
    add = path("add_flow", crm.reference)
    assert client.post(add, {**sent, "every": "9000", "unit": "1440"}).status_code == 422
    assert client.post(add, sent).status_code == 302
    assert client.post(add, sent).status_code == 409
    flow = Flow.objects.get(source=crm)
    assert (flow.minutes, flow.online, flow.direction) == (120, False, "both_ways")
    change = path("change_flow", crm.reference, flow.pk)
    assert client.get(change).context["form"]["every"].initial == 2
    assert client.post(change, {**sent, "every": "0", "version": 1, "online": "on"}).status_code == 302
    assert client.post(change, {**sent, "every": "0", "version": 1}).status_code == 409
    assert client.post(path("end_flow", cms.reference, flow.pk), {"reason": "Over."}).status_code == 302
    flow.refresh_from_db()
    assert (flow.minutes, flow.online, flow.ended_at is None) == (0, True, False)
    assert client.get(change).status_code == 200


def test_the_nine_entities_and_the_single_view_are_set(cast: Cast, landscape: Landscape, client: Client) -> None:
    client.force_login(cast.cxo)
    assert "Start with the nine" in client.get(path("entities")).content.decode()
    client.post(path("define_standard"))
    assert DataEntity.objects.count() == 9
    entity = DataEntity.objects.earliest("pk")
    sent = {"title": "Who it is", "description": "", "context": "on", "version": entity.version}
    assert client.post(path("edit_entity", entity.reference), sent).status_code == 302
    crm = landscape.system("CRM")
    agreed = {"node": crm.pk, "every": "4", "unit": "60", "view_target": "80", "reason": "One desk."}
    assert client.post(path("agree_view"), {**agreed, "view_target": "101"}).status_code == 422
    assert client.post(path("agree_view"), agreed).status_code == 302
    policy = TruthPolicy.objects.current()
    assert (policy.node, policy.limit_minutes, policy.view_target) == (crm, 240, 80)


def test_a_touchpoint_says_what_is_behind_it(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    client.force_login(cast.contributor("OPS"))
    till = client.get(shop["store"].get_absolute_url())
    assert (till.context["uncovered"], till.context["not_readable"]) == (1, [])
    call = client.get(shop["call"].get_absolute_url())
    assert (call.context["uncovered"], call.context["not_readable"]) == (0, ["Order"])


@pytest.mark.parametrize(("name", "queries"), [("systems", 8), ("system_map", 9), ("entities", 7), ("single_view", 14)])
def test_pages_cost_the_same_for_any_number(
    cast: Cast, shop: dict[str, Any], landscape: Landscape, client: Client, django_assert_num_queries: DjangoAssertNumQueries,
    name: str, queries: int,
) -> None:  # fmt: skip
    client.force_login(cast.contributor("OPS"))
    client.get(path(name))
    with django_assert_num_queries(queries):
        client.get(path(name))
    for number in range(12):
        system = landscape.system(f"System {number}", "OPS", touchpoints=[shop["call"]])
        landscape.entity(f"Entity {number}").assign(system, ["record", "capture"], by=cast.cxo)
        landscape.flow(shop["crm"], system, shop["order"])
    with django_assert_num_queries(queries):
        client.get(path(name))


@pytest.mark.parametrize(("name", "queries"), [("crm", 10), ("order", 10)])
def test_one_page_costs_the_same_whatever_hangs_on_it(
    cast: Cast, shop: dict[str, Any], landscape: Landscape, journey_map: Map, client: Client,
    django_assert_num_queries: DjangoAssertNumQueries, name: str, queries: int,
) -> None:  # fmt: skip
    client.force_login(cast.contributor("OPS"))
    thing = shop[name]
    landscape.flow(shop["crm"], shop["cms"], shop["order"])
    client.get(thing.get_absolute_url())
    with django_assert_num_queries(queries):
        client.get(thing.get_absolute_url())
    for number in range(5):
        touchpoint = journey_map.touchpoint(f"Desk {number}")
        shop["crm"].touchpoints.add(touchpoint)
        shop["order"].needed_at.add(touchpoint)
        system = landscape.system(f"System {number}", "OPS")
        shop["order"].assign(system, ["replica"], by=cast.cxo)
        landscape.flow(shop["crm"], system, shop["order"])
    with django_assert_num_queries(queries):
        client.get(thing.get_absolute_url())


def test_a_planned_system_carries_nothing_yet(cast: Cast, shop: dict[str, Any]) -> None:
    shop["crm"].edit({"lifecycle": Lifecycle.PLANNED}, version=1, by=cast.cxo)
    land = Seen(cast.cxo)
    assert (land.flows, land.node, shop["crm"].pk in land.systems) == ([], None, False)


def test_a_system_stands_right_of_what_flows_into_it_and_circles_end() -> None:
    assert columns([1, 2, 3, 4], [(1, 2), (2, 3), (1, 3)]) == {1: 0, 2: 1, 3: 2, 4: 0}
    circle = columns([1, 2, 3], [(1, 2), (2, 3), (3, 1)])
    assert sorted(circle.values()) == [0, 1, 2]


def test_the_unowned_are_counted(cast: Cast, shop: dict[str, Any], client: Client) -> None:
    client.force_login(cast.ceo)
    assert client.get(path("systems")).context["unowned"] == 1
    shop["till"].owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    assert client.get(path("systems")).context["unowned"] == 0
