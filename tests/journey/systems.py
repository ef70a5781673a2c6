"""A small landscape: systems that a department owns, entities, and what flows; made on demand."""

from dataclasses import dataclass
from typing import Any

from initiatives.journey.models import DataEntity, Flow, State, System
from tests.cast import Cast


@dataclass
class Landscape:
    cast: Cast

    def system(self, title: str, code: str = "", **more: Any) -> System:
        """A system in use, owned by the department of this code or by nobody."""
        system = System.objects.register(by=self.cast.cxo, title=title, **more)
        if code:
            person = self.cast.contributor(code)
            system.owned.become(State.OWNED, department=self.cast.department(code), person=person)
        return system

    def entity(self, title: str = "Identity", code: str = "", **more: Any) -> DataEntity:
        entity = DataEntity.objects.define(title, by=self.cast.cxo, **more)
        if code:
            person = self.cast.contributor(code)
            entity.owned.become(State.OWNED, department=self.cast.department(code), person=person)
        return entity

    def flow(self, source: System, target: System, entity: DataEntity, minutes: int = 0, **more: Any) -> Flow:
        values = {"key": "customer number", "minutes": minutes, **more}
        return Flow.objects.add(source, target, entity, by=self.cast.cxo, **values)

    def hide(self, thing: Any) -> None:
        """Restrict a system, an entity or a touchpoint to its insiders."""
        thing.owned.restricted = True
        thing.owned.save(update_fields=["restricted"])
        thing.owned.project_grants()
