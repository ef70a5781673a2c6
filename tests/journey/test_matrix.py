"""The matrix of data entities and systems: one system of record, claims beside it, and how a conflict is ruled."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.journey.models import DataEntity, MatrixCell, System
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.systems import Landscape


def cells(entity: DataEntity, region: str = "") -> set[tuple[str, str, bool]]:
    rows = entity.cells.living().filter(region=region).values_list("system__title", "role", "claimed")
    return set(rows)


def test_the_cxo_starts_with_the_nine_standard_entities_once(cast: Cast) -> None:
    assert len(DataEntity.objects.define_standard(by=cast.cxo)) == 9
    assert DataEntity.objects.define_standard(by=cast.cxo) == []
    assert DataEntity.objects.filter(context=True).count() == 4
    with pytest.raises(RuleBroken):
        DataEntity.objects.define("Shoe size", by=cast.head("OPS"))
    assert DataEntity.objects.count() == 9


def test_a_second_system_of_record_is_a_claim_until_it_is_ruled(cast: Cast, landscape: Landscape) -> None:
    crm, shop, entity = landscape.system("CRM", "IT"), landscape.system("Shop", "MKT"), landscape.entity()
    entity.assign(crm, ["record", "capture"], by=cast.head("IT"))
    entity.assign(shop, ["record"], by=cast.head("MKT"))
    assert cells(entity) == {("CRM", "record", False), ("CRM", "capture", False), ("Shop", "record", True)}
    claim = entity.cells.get(claimed=True)
    entity.rule(claim, by=cast.cxo, reason="The shop asks the customer.")
    assert cells(entity) == {("CRM", "capture", False), ("CRM", "replica", False), ("Shop", "record", False)}
    event = Event.objects.about(entity).newest_first().first()
    assert event
    assert (event.act, event.reason, event.changes["against"]) == ("ruled", "The shop asks the customer.", [crm.reference])


def test_when_the_system_of_record_steps_back_the_oldest_claim_takes_its_place(cast: Cast, landscape: Landscape) -> None:
    systems = [landscape.system(title) for title in ("CRM", "Shop", "Till")]
    entity = landscape.entity()
    for system in systems:
        entity.assign(system, ["record"], by=cast.cxo)
    entity.assign(systems[0], ["replica"], by=cast.cxo)
    assert cells(entity) == {("CRM", "replica", False), ("Shop", "record", False), ("Till", "record", True)}
    entity.assign(systems[2], [], by=cast.cxo)
    assert cells(entity) == {("CRM", "replica", False), ("Shop", "record", False)}


def test_each_region_has_its_own_system_of_record(cast: Cast, landscape: Landscape) -> None:
    crm, asia, entity = landscape.system("CRM"), landscape.system("CRM Asia"), landscape.entity()
    entity.assign(crm, ["record"], by=cast.cxo)
    entity.assign(asia, ["record"], by=cast.cxo, region="asia")
    assert cells(entity) == {("CRM", "record", False)}
    assert cells(entity, "ASIA") == {("CRM Asia", "record", False)}


def test_only_who_owns_the_system_or_the_entity_assigns(cast: Cast, landscape: Landscape) -> None:
    system, entity = landscape.system("CRM", "IT"), landscape.entity(code="MKT")
    for person in (cast.head("OPS"), cast.person("colleague", "contributor", "IT"), cast.finance, cast.auditor):
        with pytest.raises(RuleBroken, match="Only the CXO and who owns"):
            entity.assign(system, ["record"], by=person)
    with pytest.raises(BadInput):
        entity.assign(system, ["king"], by=cast.cxo)
    assert not MatrixCell.objects.exists()
    entity.assign(system, ["capture"], by=cast.head("IT"))
    entity.assign(system, ["record"], by=cast.deputy("MKT"))
    assert cells(entity) == {("CRM", "record", False)}
    system.refresh_from_db()
    entity.assign(system, [], by=cast.cxo)
    system.retire(by=cast.cxo, reason="Old.")
    with pytest.raises(RuleBroken, match="is retired"):
        entity.assign(system, ["record"], by=cast.cxo)


def test_nobody_rules_in_their_own_case(cast: Cast, landscape: Landscape) -> None:
    crm, shop = landscape.system("CRM", "IT"), landscape.system("Shop", "MKT")
    entity = landscape.entity(code="IT")
    entity.assign(crm, ["record"], by=cast.cxo)
    with pytest.raises(RuleBroken, match="nothing to rule"):
        entity.rule(entity.cells.get(), by=cast.cxo, reason="It is.")
    entity.assign(shop, ["record"], by=cast.cxo)
    claim = entity.cells.get(claimed=True)
    for person in (cast.head("IT"), cast.head("MKT"), cast.ceo):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            entity.rule(claim, by=person, reason="Mine.")
    assert cells(entity) == {("CRM", "record", False), ("Shop", "record", True)}
    third = landscape.entity("Order", "OPS")
    third.assign(crm, ["record"], by=cast.cxo)
    third.assign(shop, ["record"], by=cast.cxo)
    third.rule(third.cells.get(claimed=True), by=cast.head("OPS"), reason="Neither is ours.")
    assert ("Shop", "record", False) in cells(third)


def test_the_database_knows_one_system_of_record(cast: Cast, landscape: Landscape) -> None:
    crm, shop, entity = landscape.system("CRM"), landscape.system("Shop"), landscape.entity()
    entity.assign(crm, ["record"], by=cast.cxo)
    for constraint, values in (
        ("one_system_of_record", {"system": shop, "role": "record"}),
        ("one_cell_per_role", {"system": crm, "role": "record", "claimed": True}),
        ("only_records_are_claimed", {"system": shop, "role": "replica", "claimed": True}),
        ("data_role", {"system": shop, "role": "king"}),
        ("region_in_capitals", {"system": shop, "role": "record", "region": "asia"}),
    ):
        if constraint == "one_cell_per_role":
            MatrixCell.objects.create(entity=entity, system=shop, role="record", claimed=True)
            values = {**values, "system": shop}
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            MatrixCell.objects.create(entity=entity, **values)
    entity.assign(crm, [], by=cast.cxo)
    ended = MatrixCell.objects.exclude(ended_at=None)
    for wrong in (lambda: ended.update(ended_at=None), ended.delete):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
            wrong()


# -- Two owners name their system of record at the same moment ------------------------------------------------------------


def name_together(entity: DataEntity, systems: list[System], people: list[User]) -> list[str]:
    ready = Barrier(len(systems))

    def name(pair: tuple[System, User]) -> str:
        try:
            mine = DataEntity.objects.get(pk=entity.pk)
            system, person = System.objects.get(pk=pair[0].pk), User.objects.get(pk=pair[1].pk)
            ready.wait(timeout=20)
            mine.assign(system, ["record"], by=person)
        except IntegrityError as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "named"

    with ThreadPoolExecutor(len(systems)) as pool:
        return list(pool.map(name, zip(systems, people, strict=True)))


@pytest.fixture
def rivals(transactional_db: None) -> tuple[DataEntity, list[System], list[User]]:
    cast = Cast()
    landscape = Landscape(cast)
    systems = [landscape.system(code, code) for code in ("IT", "MKT", "OPS")]
    return landscape.entity(), systems, [cast.head(code) for code in ("IT", "MKT", "OPS")]


@pytest.mark.django_db(transaction=True)
def test_of_three_named_at_once_one_is_accepted_and_two_are_claims(
    rivals: tuple[DataEntity, list[System], list[User]],
) -> None:
    assert name_together(*rivals) == ["named"] * 3
    assert sorted(rivals[0].cells.living().values_list("claimed", flat=True)) == [False, True, True]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_and_the_constraint_there_are_several_truths(
    rivals: tuple[DataEntity, list[System], list[User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nothing stands in the way, and everybody is the system of record."""
    together = Barrier(3)
    hold = DataEntity.hold

    def hold_together(self: DataEntity, system: System, role: str, region: str) -> None:
        together.wait(timeout=20)
        hold(self, system, role, region)
        together.wait(timeout=20)

    def no_lock(self: Any, system: System | None = None) -> None:
        self._before = None

    monkeypatch.setattr(DataEntity, "_lock_with_systems", no_lock)
    monkeypatch.setattr(DataEntity, "hold", hold_together)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'one_system_of_record'")
        definition = cursor.fetchone()[0]
        cursor.execute("DROP INDEX one_system_of_record")
    try:
        assert name_together(*rivals) == ["named"] * 3
        assert MatrixCell.objects.filter(role="record", claimed=False).count() == 3
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE journey_matrixcell SET ended_at = now()")
            cursor.execute(definition)
