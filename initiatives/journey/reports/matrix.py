"""The matrix of data entities and systems as pages show it: all of it, one entity, one cell."""

from collections import defaultdict
from typing import Any

from initiatives.core.models import Event
from initiatives.journey.models import DataEntity, DataRole, Flow, MatrixCell, State, System
from initiatives.journey.reports.one_truth import Held, rulings
from initiatives.organization.models import User

EVENTS_SHOWN = 12
LETTERS = {"capture": "C", "record": "R", "replica": "P", "derived": "D"}
ALONG = ("owned__department", "owned__person")


class Matrix:
    """What one reader sees of entities, systems in use, and what the ones do with the others."""

    def __init__(self, user: User, entity: DataEntity | None = None) -> None:
        self.user = user
        self.systems = list(System.objects.visible_to(user).in_use().select_related(*ALONG).order_by("title", "pk"))
        seen = DataEntity.objects.visible_to(user).in_use().select_related(*ALONG).order_by("pk")
        self.entities: list[DataEntity] = list(seen) if entity is None else [entity]
        self.by_pk = {system.pk: system for system in self.systems}
        cells = MatrixCell.objects.visible_to(user).living().filter(entity__in=self.entities).order_by("region", "pk")
        self.cells = list(cells.filter(system__in=self.by_pk))
        held = [Held(cell.entity_id, cell.system_id, cell.role, cell.region, cell.claimed) for cell in self.cells]
        self.rulings = rulings([one.pk for one in self.entities], held)

    def rows(self) -> list[dict[str, Any]]:
        """A row for each entity: who is the system of record, and each system's cell."""
        cells: dict[tuple[int, int], list[MatrixCell]] = defaultdict(list)
        for cell in self.cells:
            cells[cell.entity_id, cell.system_id].append(cell)
        mine = {system.pk for system in self.systems if system.may_edit(self.user)}
        return [
            {
                "entity": entity,
                "truths": self.truths(entity),
                "cells": [self.drawn(system, cells[entity.pk, system.pk], mine, entity) for system in self.systems],
            }
            for entity in self.entities
        ]

    def drawn(self, system: System, cells: list[MatrixCell], mine: set[int], entity: DataEntity) -> dict[str, Any]:
        """One cell: a letter for each role, the words for who does not see letters, and whether the reader may change it."""
        marks = [
            {"letter": LETTERS[cell.role], "words": cell.words, "role": cell.role, "claimed": cell.claimed, "region": cell.region}
            for cell in cells
        ]
        editable = system.pk in mine or entity.may_edit(self.user)
        return {"system": system, "marks": marks, "editable": editable}

    def truths(self, entity: DataEntity) -> list[dict[str, Any]]:
        """Region by region: the systems of record with their owners; a conflict where there are two, a void where none."""
        return [
            {"region": region, "systems": [self.by_pk[pk] for pk in systems], "fault": fault(systems)}
            for (one, region), systems in self.rulings.items()
            if one == entity.pk
        ]


def fault(systems: list[int]) -> str:
    return "" if len(systems) == 1 else "conflict" if systems else "void"


def matrix_page(user: User) -> dict[str, Any]:
    matrix = Matrix(user)
    faults = [fault(systems) for systems in matrix.rulings.values()]
    return {
        "systems": matrix.systems,
        "rows": matrix.rows(),
        "entities": len(matrix.entities),
        "conflicts": faults.count("conflict"),
        "voids": faults.count("void"),
        "letters": [(LETTERS[role], words) for role, words in DataRole.choices],
        "may_define": user.has_perm("journey.define_entity"),
    }


def entity_page(entity: DataEntity, user: User) -> dict[str, Any]:
    """One entity: who owns it, who is its system of record, what is claimed, where it flows and where it is needed."""
    matrix = Matrix(user, entity)
    records = [cell for cell in matrix.cells if cell.role == DataRole.RECORD]
    contested = {cell.region for cell in records if cell.claimed}
    flows = Flow.objects.visible_to(user).living().filter(entity=entity).select_related("source__owned", "target__owned")
    return {
        "entity": entity,
        "owned": entity.owned,
        "unowned": entity.owned.state != State.OWNED,
        "may_ask": entity.owned.obstacle_to_propose(by=user) is None,
        "truths": matrix.truths(entity),
        "row": matrix.rows()[0],
        "rivals": [_rival(cell, matrix) for cell in records if cell.region in contested],
        "may_rule": any(entity.may_rule(user, cell.rivals()) for cell in records if cell.claimed),
        "flows": list(flows.order_by("pk")),
        "needed_at": list(
            entity.needed_at.visible_to(user).in_use().select_related("owned").order_by("stage__position", "title")
        ),
        "may_edit": entity.may_edit(user),
        "events": Event.objects.about(entity).newest_first()[:EVENTS_SHOWN],
    }


def _rival(cell: MatrixCell, matrix: Matrix) -> dict[str, Any]:
    return {"cell": cell, "system": matrix.by_pk[cell.system_id]}


def cell_page(cell: MatrixCell, region: str) -> dict[str, Any]:
    """What the system does with the entity: in the region that is asked about, and in all."""
    held = list(MatrixCell.objects.living().filter(entity=cell.entity, system=cell.system).order_by("region", "pk"))
    region = region.upper()[:40]
    return {
        "entity": cell.entity,
        "system": cell.system,
        "held": held,
        "region": region,
        "roles": [one.role for one in held if one.region == region],
        "obstacle": cell.entity.obstacle_to_assign(cell.system),
    }
