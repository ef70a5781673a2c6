"""Flows between systems: entered, changed, ended; who may, and what the database refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.journey.models import Flow, TruthPolicy
from tests.cast import Cast
from tests.journey.systems import Landscape


def test_the_owner_of_either_end_enters_changes_and_ends_a_flow(cast: Cast, landscape: Landscape) -> None:
    crm, shop, entity = landscape.system("CRM", "IT"), landscape.system("Shop", "MKT"), landscape.entity()
    flow = Flow.objects.add(shop, crm, entity, key="e-mail", minutes=60, by=cast.head("MKT"))
    flow.change({"minutes": 15, "online": False}, version=1, by=cast.head("IT"))
    with pytest.raises(Stale):
        Flow.objects.get().change({"minutes": 5}, version=1, by=cast.head("IT"))
    flow.end(by=cast.deputy("MKT"), reason="The shop closed.")
    assert [event.act for event in Event.objects.about(flow).order_by("pk")] == ["added", "changed", "ended"]
    with pytest.raises(RuleBroken, match="has ended"):
        flow.change({"minutes": 1}, version=2, by=cast.cxo)
    Flow.objects.add(shop, crm, entity, key="e-mail", minutes=0, by=cast.cxo)
    assert Flow.objects.living().count() == 1


def test_nobody_else_says_what_flows(cast: Cast, landscape: Landscape) -> None:
    crm, shop, entity = landscape.system("CRM", "IT"), landscape.system("Shop", "MKT"), landscape.entity()
    flow = landscape.flow(shop, crm, entity)
    events = Event.objects.count()
    for person in (cast.head("OPS"), cast.finance, cast.ceo, cast.auditor, cast.administrator):
        for act in (
            lambda by: Flow.objects.add(crm, shop, entity, key="e-mail", minutes=0, by=by),
            lambda by: flow.change({"minutes": 5}, version=1, by=by),
            lambda by: flow.end(by=by, reason="No."),
        ):
            with pytest.raises(RuleBroken, match="Only the CXO and who owns"):
                act(person)
    kept = Flow.objects.get()
    assert (kept.minutes, kept.ended_at, Event.objects.count()) == (0, None, events)


def test_what_is_no_flow_is_refused(cast: Cast, landscape: Landscape) -> None:
    crm, shop, entity = landscape.system("CRM"), landscape.system("Shop"), landscape.entity()
    landscape.flow(shop, crm, entity)
    with pytest.raises(RuleBroken, match="already"):
        landscape.flow(shop, crm, entity)
    with pytest.raises(RuleBroken, match="from one system to another"):
        landscape.flow(crm, crm, entity)
    with pytest.raises(BadInput):
        landscape.flow(crm, shop, entity, key=" ")
    crm.retire(by=cast.cxo, reason="Old.")
    with pytest.raises(RuleBroken, match="is retired"):
        landscape.flow(crm, shop, entity)
    assert Flow.objects.count() == 1


def test_the_database_keeps_flows_as_they_were(cast: Cast, landscape: Landscape) -> None:
    crm, shop, entity = landscape.system("CRM"), landscape.system("Shop"), landscape.entity()
    flow = landscape.flow(shop, crm, entity)
    rows = Flow.objects.filter(pk=flow.pk)
    for constraint, values in (
        ("no_flow_in_itself", {"target": shop}),
        ("flow_within_a_year", {"minutes": 525_601}),
        ("flow_direction", {"direction": "up"}),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError, match="one_flow_per_entity"), transaction.atomic():
        Flow.objects.create(source=shop, target=crm, entity=entity, key="x", minutes=0)
    flow.end(by=cast.cxo, reason="Over.")
    for wrong in (lambda: rows.update(ended_at=None), rows.delete):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
            wrong()


def test_the_cxo_agrees_on_the_single_view_and_nothing_is_forgotten(cast: Cast, landscape: Landscape) -> None:
    crm, old = landscape.system("CRM"), landscape.system("Old")
    assert TruthPolicy.objects.current().limit_minutes == 1440
    for person in (cast.ceo, cast.head("IT"), cast.auditor):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            TruthPolicy.objects.agree(by=person, reason="Mine.", node=crm)
    old.retire(by=cast.cxo, reason="Old.")
    with pytest.raises(RuleBroken, match="is retired"):
        TruthPolicy.objects.agree(by=cast.cxo, reason="This one.", node=old)
    assert not TruthPolicy.objects.exists()
    TruthPolicy.objects.agree(by=cast.cxo, reason="Everybody uses it.", node=crm, limit_minutes=60, view_target=80)
    TruthPolicy.objects.agree(by=cast.cxo, reason="Faster.", node=crm, limit_minutes=15)
    current = TruthPolicy.objects.current()
    assert (current.node, current.limit_minutes, TruthPolicy.objects.count()) == (crm, 15, 2)
    for wrong in (lambda: TruthPolicy.objects.update(limit_minutes=1), TruthPolicy.objects.all().delete):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
            wrong()
    with pytest.raises(IntegrityError, match="percent_link_target"), transaction.atomic():
        TruthPolicy.objects.create(link_target=101)
