"""The journey's objects of the access table: owned by OPS, owned by HR, and restricted to HR."""

from typing import Any

from initiatives.journey.models import Channel, Stage, Touchpoint
from tests.access.charter import charter
from tests.access.contests import contests
from tests.cast import Cast

Arguments = dict[tuple[str, str], dict[str, Any]]


def journey(arguments: Arguments, cast: Cast) -> None:
    stage = Stage.objects.create(title="Plan", kind="pre_sale", position=1)
    channel = Channel.objects.create(name="Web", position=1, online=True)
    for case, code in (("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")):
        touchpoint = Touchpoint.objects.create(title=f"The {case} touchpoint", stage=stage, channel=channel, reach=10)
        touchpoint.weigh()
        owned = touchpoint.owned
        owned.restricted = case == "hidden"
        owned.save(update_fields=["restricted"])
        ownership = owned.propose(cast.department(code), by=cast.head(code), person=cast.contributor(code))
        arguments["touchpoint", case] = arguments["owned", case] = {"ref": touchpoint.reference}
        arguments["ownership", case] = {"number": ownership.pk}
    arguments["touchpoint", "none"] = arguments["owned", "none"] = {"ref": "TP-99999"}
    arguments["ownership", "none"] = {"number": 2_000_000_000}
    charter(arguments, cast)
    contests(arguments, cast)
