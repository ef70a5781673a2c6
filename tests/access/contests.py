"""The contests and calls of the access table: of what HR owns, claimed by OPS, by IT, and restricted; of what nobody owns."""

from typing import Any

from initiatives.journey.models import Call, Channel, Contest, OwnedObject, Stage, Touchpoint
from tests.cast import Cast


def contests(arguments: dict[tuple[str, str], dict[str, Any]], cast: Cast) -> None:
    for case, code in (("own", "OPS"), ("foreign", "IT"), ("hidden", "MKT")):
        values = {"stage": Stage.objects.all()[0], "channel": Channel.objects.all()[0]}
        owned = Touchpoint.objects.create(title=f"The {case} contested one", **values).owned
        owned.propose(cast.department("HR"), by=cast.head("HR"))
        owned = OwnedObject.objects.get(pk=owned.pk)
        owned.restricted = case == "hidden"
        owned.save(update_fields=["restricted"])
        department = cast.department(code)
        contest = Contest.objects.contest(owned, department, names=department, words="Ours.", by=cast.head(code))
        arguments["contest", case] = {"ref": contest.reference}
    for case in ("own", "hidden"):
        owned = Touchpoint.objects.create(title=f"The {case} call", **values).owned
        owned.restricted = case == "hidden"
        owned.save(update_fields=["restricted"])
        arguments["call", case] = {"number": Call.objects.call(owned, why="It waits.", by=cast.cxo).pk}
    arguments["call", "none"] = {"number": 2_000_000_000}
    arguments["contest", "none"] = {"ref": "CON-99999"}
