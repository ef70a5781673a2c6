"""The access table's systems, entities, flows and cells: owned by OPS, owned by HR, and restricted to HR."""

from typing import Any

from initiatives.journey.models import DataEntity, Flow, State, System
from tests.cast import Cast

Arguments = dict[tuple[str, str], dict[str, Any]]
NOWHERE = 2_000_000_000


def systems(arguments: Arguments, cast: Cast) -> None:
    for case, code in (("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")):
        first, second = (owned(System.objects.register(by=cast.cxo, title=f"{case} {n}"), cast, code) for n in "12")
        entity = owned(DataEntity.objects.define(f"The {case} entity", by=cast.cxo), cast, code)
        flow = Flow.objects.add(first, second, entity, key="number", minutes=0, by=cast.cxo)
        rivals = [owned(System.objects.register(by=cast.cxo, title=f"Rival {n} {case}"), cast, "MKT") for n in "12"]
        for rival in rivals:
            entity.assign(rival, ["record"], by=cast.cxo)
        if case == "hidden":
            for thing in (first, second, entity):
                thing.owned.restricted = True
                thing.owned.save(update_fields=["restricted"])
                thing.owned.project_grants()
        arguments["system", case] = {"ref": first.reference}
        arguments["entity", case] = {"ref": entity.reference}
        arguments["flow", case] = {"ref": first.reference, "number": flow.pk}
        arguments["cell", case] = {"ref": entity.reference, "system": first.reference}
        arguments["claim", case] = {"ref": entity.reference, "number": entity.cells.get(claimed=True).pk}
    system, entity_ref = arguments["system", "own"]["ref"], arguments["entity", "own"]["ref"]
    arguments["system", "none"] = {"ref": "SYS-99999"}
    arguments["entity", "none"] = {"ref": "ENT-99999"}
    arguments["flow", "none"] = {"ref": system, "number": NOWHERE}
    arguments["cell", "none"] = {"ref": entity_ref, "system": "SYS-99999"}
    arguments["claim", "none"] = {"ref": entity_ref, "number": NOWHERE}


def owned(thing: Any, cast: Cast, code: str) -> Any:
    thing.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))
    return thing
