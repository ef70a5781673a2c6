"""Any sequence of claims, steps back and rulings: at most one system of record a region, and the one that a small model says."""

import hypothesis.strategies as st
from hypothesis.stateful import invariant, rule

from initiatives.journey.models import DataEntity, MatrixCell, System
from tests.cast import Cast
from tests.journey.systems import Landscape
from tests.machines import MOSTLY, Machine, run

REGIONS = st.sampled_from(["", "", "EU"])
SYSTEMS = st.integers(0, 2)
ROLES = st.sampled_from([{"record"}, {"record"}, {"record", "capture"}, {"replica"}, set()])


class Matrix(Machine):
    """Three systems and one entity in two regions; records are kept oldest claim first, the accepted one before all."""

    landscape: Landscape

    def prepare(self) -> None:
        self.systems = [self.landscape.system(f"System {number}") for number in range(3)]
        self.entity = self.landscape.entity(f"Entity {DataEntity.objects.count()}")
        self.records: dict[str, list[int]] = {"": [], "EU": []}
        self.others: set[tuple[str, int, str]] = set()
        self.retired: set[int] = set()

    def found(self, number: int) -> System:
        return System.objects.get(pk=self.systems[number].pk)

    @rule(number=SYSTEMS, roles=ROLES, region=REGIONS, cxo=MOSTLY)
    def assign(self, number: int, roles: set[str], region: str, cxo: bool) -> None:
        by = self.cast.cxo if cxo else self.cast.ceo
        legal = cxo and number not in self.retired
        if not self.act(legal, lambda: self.entity.assign(self.found(number), roles, by=by, region=region)):
            return
        self.others = {one for one in self.others if one[:2] != (region, number)}
        self.others |= {(region, number, role) for role in roles - {"record"}}
        records = self.records[region]
        if "record" in roles and number not in records:
            records.append(number)
        elif "record" not in roles and number in records:
            records.remove(number)

    @rule(number=SYSTEMS, region=REGIONS, cxo=MOSTLY)
    def settle(self, number: int, region: str, cxo: bool) -> None:
        cell = self.entity.cells.filter(system=self.systems[number], region=region, role="record").order_by("-pk").first()
        if cell is None:
            return
        records = self.records[region]
        by = self.cast.cxo if cxo else self.cast.ceo
        legal = cxo and number in records and len(records) > 1
        if self.act(legal, lambda: self.entity.rule(cell, by=by, reason="It is asked there.")):
            self.others |= {(region, loser, "replica") for loser in records if loser != number}
            self.records[region] = [number]

    @rule(number=SYSTEMS)
    def retire(self, number: int) -> None:
        accepted = {records[0] for records in self.records.values() if records}
        legal = number not in self.retired | accepted
        if self.act(legal, lambda: self.found(number).retire(by=self.cast.cxo, reason="Old.")):
            self.retired.add(number)
            self.others = {one for one in self.others if one[1] != number}
            self.records = {region: [one for one in records if one != number] for region, records in self.records.items()}

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not self.ready:
            return
        place = {system.pk: number for number, system in enumerate(self.systems)}
        living = list(MatrixCell.objects.living().filter(entity=self.entity))
        kept = {(cell.region, place[cell.system_id], cell.role, cell.claimed) for cell in living}
        records = {
            (region, number, "record", at > 0) for region, found in self.records.items() for at, number in enumerate(found)
        }
        assert kept == records | {(*other, False) for other in self.others}
        assert len(kept) == len(living)


def test_every_sequence_leaves_the_one_truth_that_the_model_says(cast: Cast) -> None:
    assert {cast.cxo.is_active, cast.ceo.is_active} == {True}
    run(Matrix, cast, landscape=Landscape(cast), examples=15)
