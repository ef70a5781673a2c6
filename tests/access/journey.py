"""The journey's objects of the access table: owned by OPS, owned by HR, and restricted to HR."""

from typing import Any

from initiatives.journey.models import Channel, Handoff, Stage, Touchpoint
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
    _handoffs(arguments, cast, stage, channel)
    arguments["ownership", "none"] = {"number": 2_000_000_000}
    charter(arguments, cast)
    contests(arguments, cast)


def _handoffs(arguments: Arguments, cast: Cast, stage: Stage, channel: Channel) -> None:
    """From OPS to HR, within HR, and from HR to what is restricted to HR."""
    for case, giver in (("own", "own"), ("foreign", "foreign"), ("hidden", "foreign")):
        ends = Touchpoint.objects.get(reference=arguments["touchpoint", giver]["ref"])
        taker = Touchpoint.objects.get(reference=arguments["touchpoint", "hidden"]["ref"])
        if case != "hidden":
            taker = Touchpoint.objects.create(title=f"After the {case} one", stage=stage, channel=channel)
            taker.owned.propose(cast.department("HR"), by=cast.head("HR"), person=cast.contributor("HR"))
        made = Handoff.objects.propose(ends, taker, by=cast.cxo, passes="A bag", hours=1)
        arguments["handoff", case] = {"ref": made.reference}
    arguments["handoff", "none"] = {"ref": "HOF-99999"}
