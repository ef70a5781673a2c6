"""Facets: parts of a touchpoint that departments own apart, with their letters, under one owner of the whole or split."""

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken, Stale
from initiatives.journey.models import FacetRole, OwnedObject, State, Touchpoint
from initiatives.journey.models.facets import arrange, facet_of
from initiatives.journey.models.inheriting import inherited_from
from initiatives.journey.reports.facets import split_touchpoints
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_handshake import kept


@pytest.fixture
def ivr(journey_map: Map, cast: Cast) -> Touchpoint:
    """The voice menu: its technology is IT's, its content Marketing's, and nobody's end to end."""
    touchpoint = journey_map.touchpoint("Voice menu")
    for kind, code in (("channel", "IT"), ("content", "MKT")):
        cast.head(code)
        facet = facet_of(touchpoint, kind, by=cast.cxo)
        facet.owned.propose(cast.department(code), by=cast.cxo).accept(by=cast.head(code))
    return Touchpoint.objects.get(pk=touchpoint.pk)


def test_the_voice_menu_is_split_until_somebody_owns_the_whole(cast: Cast, ivr: Touchpoint) -> None:
    (row,) = split_touchpoints(cast.cxo)
    assert row.touchpoint == ivr
    assert row.owners == [("Channel or technology", "It department"), ("Content", "Mkt department")]
    owner = ivr.owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    assert split_touchpoints(cast.cxo) == []
    owner.give_back(by=cast.head("OPS"), reason="Too much.")
    assert len(split_touchpoints(cast.cxo)) == 1


def test_two_facets_of_one_department_are_no_split(cast: Cast, ivr: Touchpoint) -> None:
    content = ivr.facets.get(kind="content").owned
    content.ownerships.get().hand_over(cast.department("IT"), by=cast.head("MKT")).accept(by=cast.head("IT"))
    assert split_touchpoints(cast.cxo) == []


def test_a_facet_is_named_after_its_touchpoint_and_weighs_nothing(cast: Cast, ivr: Touchpoint) -> None:
    facet = facet_of(ivr, "data", by=cast.cxo)
    assert (facet.reference, facet.owned.reference, facet.owned.weight) == (f"{ivr.reference}.data", f"{ivr.reference}.data", 0)
    assert facet_of(ivr, "data", by=cast.cxo) == facet
    assert facet.get_absolute_url() == ivr.get_absolute_url()


def test_who_owns_the_whole_may_ask_for_its_facets(cast: Cast, ivr: Touchpoint) -> None:
    cast.head("IT")
    ivr.owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    ivr = Touchpoint.objects.get(pk=ivr.pk)
    facet = facet_of(ivr, "data", by=cast.contributor("OPS"))
    facet.owned.propose(cast.department("IT"), by=cast.contributor("OPS"))
    assert kept(facet.owned).state == State.PROPOSED
    with pytest.raises(RuleBroken, match="Only the CXO"):
        facet_of(ivr, "outcome", by=cast.head("IT"))
    assert not ivr.facets.filter(kind="outcome").exists()


def test_departments_get_letters_and_earlier_ones_stay_in_the_history(cast: Cast, ivr: Touchpoint) -> None:
    it, hr = cast.department("IT"), cast.department("HR")
    assert arrange(ivr, {("content", it.pk): "C", ("data", hr.pk): "R"}, by=cast.cxo) == 2
    assert arrange(ivr, {("content", it.pk): "I", ("data", hr.pk): "R"}, by=cast.cxo) == 1
    assert arrange(ivr, {("content", it.pk): "", ("data", hr.pk): "R"}, by=cast.cxo) == 1
    rows = FacetRole.objects.filter(department=it).order_by("pk")
    assert [(row.letter, row.until is None) for row in rows] == [("C", False), ("I", False)]
    assert FacetRole.objects.get(until=None).department == hr
    assert Event.objects.about(ivr).newest_first()[0].changes["cells"] == {"content IT": ["I", ""]}


def test_nobody_saves_over_somebody_s_newer_matrix(cast: Cast, ivr: Touchpoint) -> None:
    opened, it = ivr.version, cast.department("IT")
    arrange(ivr, {("content", it.pk): "C"}, by=cast.cxo, version=opened)
    with pytest.raises(Stale):
        arrange(ivr, {("content", it.pk): ""}, by=cast.cxo, version=opened)
    assert FacetRole.objects.get().until is None


def test_strangers_arrange_nothing(cast: Cast, ivr: Touchpoint) -> None:
    for person in (cast.head("OPS"), cast.contributor("IT"), cast.finance):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            arrange(ivr, {("content", cast.department("IT").pk): "R"}, by=person)
    assert not FacetRole.objects.exists()


def test_what_is_inherited_is_shown_counts_nothing_and_goes_with_its_source(cast: Cast, ivr: Touchpoint) -> None:
    stage = ivr.stage.owned
    owner = stage.propose(cast.department("SALES"), by=cast.head("SALES"))
    client = Client()
    client.force_login(cast.finance)

    def page() -> str:
        return client.get(ivr.get_absolute_url()).content.decode()

    words = f"Inherited from {stage.reference}"
    assert words in page()
    assert (kept(ivr.owned).state, inherited_from(kept(ivr.owned), cast.finance)) == (State.UNOWNED, stage)
    owner.give_back(by=cast.head("SALES"), reason="No longer ours.")
    assert words not in page()
    assert inherited_from(kept(ivr.owned), cast.finance) is None


def test_the_facets_of_a_restricted_touchpoint_are_as_restricted(cast: Cast, journey_map: Map) -> None:
    touchpoint = journey_map.touchpoint("Lounge")
    owned = touchpoint.owned
    owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    owned.restricted = True
    owned.save(update_fields=["restricted"])
    owned.guests.add(cast.contributor("MKT"))
    owned.project_grants()
    cast.head("IT")
    facet = facet_of(touchpoint, "data", by=cast.cxo)
    facet.owned.propose(cast.department("IT"), by=cast.head("OPS")).accept(by=cast.head("IT"))
    found = kept(facet.owned)
    for person in (cast.head("OPS"), cast.contributor("MKT"), cast.head("IT"), cast.auditor):
        assert found.seen_by(person)
        assert OwnedObject.objects.visible_to(person).filter(pk=found.pk).exists(), person
    for person in (cast.head("HR"), cast.contributor("OPS"), cast.finance):
        assert not found.seen_by(person)
        assert not OwnedObject.objects.visible_to(person).filter(pk=found.pk).exists(), person


def test_the_matrix_is_a_plain_form(cast: Cast, ivr: Touchpoint, client: Client) -> None:
    client.force_login(cast.cxo)
    path, it = reverse("journey:facets", args=[ivr.reference]), cast.department("IT")
    assert f'name="content-{it.pk}"' in client.get(path).content.decode()
    sent = client.post(path, {"version": ivr.version, f"content-{it.pk}": "X"})
    assert (sent.status_code, FacetRole.objects.count()) == (422, 0)
    assert client.post(path, {"version": ivr.version, f"content-{it.pk}": "C"}).status_code == 302
    assert client.post(path, {"version": ivr.version, f"content-{it.pk}": "I"}).status_code == 409
    assert FacetRole.objects.get().letter == "C"
    asked = client.post(reverse("journey:add_facet", args=[ivr.reference]), {"kind": "outcome"})
    assert asked.headers["Location"] == reverse("journey:propose", args=[f"{ivr.reference}.outcome"])
    assert client.get(asked.headers["Location"]).status_code == 200
    assert ivr.reference in client.get(reverse("journey:split")).content.decode()


def test_what_was_chosen_stands_in_the_matrix_that_is_refused(cast: Cast, ivr: Touchpoint, client: Client) -> None:
    client.force_login(cast.cxo)
    path, it = reverse("journey:facets", args=[ivr.reference]), cast.department("IT")
    name = f"content-{it.pk}"
    sent = {"version": ivr.version, name: "C", f"data-{it.pk}": "I"}
    arrange(ivr, {("content", it.pk): "R"}, by=cast.cxo, version=ivr.version)
    refused = client.post(path, sent)
    assert refused.status_code == 409
    cells = {cell.name: cell.shown for line in refused.context["lines"] for cell in line.cells}
    assert (cells[name], cells[f"data-{it.pk}"]) == ("C", "I")
    assert {"label": "It department: Content", "typed": "Consulted", "now": "Responsible"} in refused.context["conflict"]
    assert FacetRole.objects.get(until=None).letter == "R"
