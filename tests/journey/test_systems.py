"""The register of systems: entered, edited, retired; who may, who sees the cost, and what the database refuses."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.journey.models import Answer, DataRole, Flow, Lifecycle, OwnedObject, System, TruthPolicy
from initiatives.journey.reports.systems import stages_of_systems
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.systems import Landscape


def test_a_system_is_entered_unowned_with_its_reference(cast: Cast, journey_map: Map) -> None:
    touchpoint = journey_map.touchpoint()
    system = System.objects.register(
        by=cast.head("IT"), title="CRM", vendor="Acme", yearly_cost=Decimal("1200.50"),
        stages=[journey_map.before], touchpoints=[touchpoint],
    )  # fmt: skip
    assert system.reference.startswith("SYS-")
    assert (system.owned.kind, system.owned.state) == ("system", "unowned")
    assert list(touchpoint.systems.all()) == [system]
    assert Event.objects.about(system).get().act == "registered"


def test_who_heads_no_department_enters_nothing(cast: Cast) -> None:
    for person in (cast.contributor("IT"), cast.finance, cast.auditor, cast.administrator):
        with pytest.raises(RuleBroken):
            System.objects.register(by=person, title="Shadow sheet")
    assert not System.objects.exists()
    assert not OwnedObject.objects.exists()


def test_who_owns_it_edits_it_and_nobody_else(cast: Cast, landscape: Landscape) -> None:
    system = landscape.system("CRM", "IT")
    for person in (cast.head("IT"), cast.deputy("IT"), cast.contributor("IT"), cast.cxo):
        system.edit({"vendor": person.name}, version=system.version, by=person)
    events = Event.objects.count()
    for person in (cast.head("OPS"), cast.finance, cast.ceo, cast.auditor, cast.administrator):
        with pytest.raises(RuleBroken, match="Only the CXO and who owns"):
            system.edit({"vendor": "Mine"}, version=system.version, by=person)
    system.refresh_from_db()
    assert (system.vendor, system.version, Event.objects.count()) == (cast.cxo.name, 5, events)


def test_what_nobody_owns_is_edited_by_who_entered_it(cast: Cast) -> None:
    system = System.objects.register(by=cast.head("IT"), title="CRM")
    system.edit({"vendor": "Acme"}, version=1, by=cast.head("IT"))
    with pytest.raises(RuleBroken):
        system.edit({"vendor": "Other"}, version=2, by=cast.head("OPS"))


def test_an_edit_over_a_newer_one_is_refused(cast: Cast, landscape: Landscape) -> None:
    system = landscape.system("CRM", "IT")
    system.edit({"vendor": "Acme"}, version=1, by=cast.cxo)
    with pytest.raises(Stale):
        System.objects.get(pk=system.pk).edit({"vendor": "Old"}, version=1, by=cast.head("IT"))


@pytest.mark.parametrize("values", [{"reference": "SYS-1"}, {"yearly_cost": Decimal("-1")}, {"yearly_cost": Decimal("0.001")}])
def test_what_cannot_be_kept_is_refused(cast: Cast, landscape: Landscape, values: dict[str, object]) -> None:
    system = landscape.system("CRM", "IT")
    with pytest.raises(BadInput):
        system.edit(values, version=1, by=cast.cxo)
    assert System.objects.get().version == 1


def test_an_edit_leaves_the_touchpoints_that_its_author_may_not_see(cast: Cast, landscape: Landscape, journey_map: Map) -> None:
    seen, hidden = journey_map.touchpoint("Seen"), journey_map.touchpoint("Hidden")
    system = landscape.system("CRM", "IT", touchpoints=[seen, hidden])
    landscape.hide(hidden)
    system.edit({}, touchpoints=[], version=1, by=cast.head("IT"))
    assert list(system.touchpoints.all()) == [hidden]


def test_the_cost_is_open_to_who_leads_the_owner_and_who_sees_all_money(cast: Cast, landscape: Landscape) -> None:
    parent = cast.department("TEC")
    cast.department("IT").edit(name="IT", code="IT", cost_centre="", parent=parent, by=None)
    system = landscape.system("CRM", "IT")
    readers = [cast.cxo, cast.ceo, cast.finance, cast.auditor, cast.head("IT"), cast.deputy("IT"), cast.head("TEC")]
    others = [cast.head("OPS"), cast.person("colleague", "contributor", "IT"), cast.administrator, cast.nobody]
    assert [person for person in readers if not system.cost_open_to(person)] == []
    assert [person for person in others if system.cost_open_to(person)] == []


def test_a_retired_system_ends_its_copies_and_flows_and_is_kept(cast: Cast, landscape: Landscape) -> None:
    old, new, entity = landscape.system("Old CRM", "IT"), landscape.system("CRM", "IT"), landscape.entity()
    entity.assign(new, ["record"], by=cast.cxo)
    entity.assign(old, ["replica", "capture"], by=cast.cxo)
    flow = landscape.flow(old, new, entity)
    old.retire(by=cast.head("IT"), reason="Replaced.")
    old.refresh_from_db()
    assert (old.lifecycle, old.owned.archived_on is None) == (Lifecycle.RETIRED, False)
    assert not old.cells.living().exists()
    assert Flow.objects.get(pk=flow.pk).ended_at is not None
    assert list(System.objects.in_use()) == [new]
    for act in (lambda: old.edit({}, version=old.version, by=cast.cxo), lambda: old.retire(by=cast.cxo, reason="Again.")):
        with pytest.raises(RuleBroken, match="is retired"):
            act()


def test_nobody_is_asked_to_own_what_is_retired(cast: Cast, landscape: Landscape) -> None:
    system, _ = landscape.system("Old CRM"), cast.head("OPS")
    system.owned.propose(cast.department("OPS"), by=cast.cxo)
    system.retire(by=cast.cxo, reason="Replaced.")
    assert system.owned.ownerships.get().answer == Answer.WITHDRAWN
    assert not Obligation.objects.open_now().exists()


def test_a_system_of_record_is_not_retired(cast: Cast, landscape: Landscape) -> None:
    system, entity = landscape.system("CRM", "IT"), landscape.entity()
    entity.assign(system, ["record"], by=cast.cxo)
    with pytest.raises(RuleBroken, match="still the system of record of Identity"):
        system.retire(by=cast.head("IT"), reason="Old.")
    assert system.cells.living().filter(role=DataRole.RECORD).exists()
    landscape.hide(entity)
    with pytest.raises(RuleBroken, match="data that are not yours to see"):
        system.retire(by=cast.head("IT"), reason="Old.")


def test_the_database_keeps_every_system_and_knows_its_words(landscape: Landscape) -> None:
    system = landscape.system("CRM")
    rows = System.objects.filter(pk=system.pk)
    for constraint, values in (
        ("system_lifecycle", {"lifecycle": "lost"}),
        ("system_course", {"course": "guess"}),
        ("system_cost_not_negative", {"yearly_cost": Decimal(-1)}),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.update(**values)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows.delete()


def test_a_system_serves_the_stages_that_it_names_and_those_of_its_touchpoints(
    cast: Cast, landscape: Landscape, journey_map: Map
) -> None:
    before, after = journey_map.before, journey_map.after
    touchpoint = journey_map.touchpoint(stage=after)
    crm = landscape.system("CRM", stages=[before], touchpoints=[touchpoint])
    landscape.system("Planned", stages=[after], lifecycle=Lifecycle.PLANNED)
    assert stages_of_systems(cast.contributor("OPS")) == {crm.pk: {before.pk, after.pk}}
    landscape.hide(touchpoint)
    assert stages_of_systems(cast.contributor("OPS")) == {crm.pk: {before.pk}}
    assert stages_of_systems(cast.ceo) == {crm.pk: {before.pk, after.pk}}


def test_nothing_is_retired_ended_or_agreed_without_a_reason(cast: Cast, landscape: Landscape) -> None:
    one, other, entity = landscape.system("CRM"), landscape.system("Till"), landscape.entity()
    flow = landscape.flow(one, other, entity)
    for system in (one, other):
        entity.assign(system, ["record"], by=cast.cxo)
    for act in (
        lambda: flow.end(by=cast.cxo, reason=" "),
        lambda: entity.rule(entity.cells.get(claimed=True), by=cast.cxo, reason=""),
        lambda: TruthPolicy.objects.agree(by=cast.cxo, reason="", node=one),
        lambda: System.objects.get(pk=other.pk).retire(by=cast.cxo, reason=""),
    ):
        with pytest.raises(BadInput, match="Give the reason"):
            act()
    flow.refresh_from_db()
    assert (flow.ended_at, TruthPolicy.objects.count(), entity.cells.get(claimed=True).system) == (None, 0, other)
    assert not System.objects.get(pk=other.pk).is_retired
