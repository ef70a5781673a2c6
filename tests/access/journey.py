"""The journey's objects of the access table: owned by OPS, owned by HR, and restricted to HR."""

from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from initiatives.core.imports.models import upload
from initiatives.core.imports.targets import TARGETS
from initiatives.journey.models import Channel, Handoff, Journey, MapChange, Reading, Stage, Touchpoint
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
    _readings(arguments, cast)
    arguments["ownership", "none"] = {"number": 2_000_000_000}
    _map(arguments, cast, stage, channel)
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


def _readings(arguments: Arguments, cast: Cast) -> None:
    """What the CXO entered at each touchpoint; a file of the head of OPS and one of the CXO."""
    facts = {"kind": "rating", "total": 120, "n": 40, "low": 1, "high": 5, "source": "Survey"}
    period = {"first_day": date(2026, 5, 1), "last_day": date(2026, 5, 31)}
    for case in ("own", "foreign", "hidden"):
        touchpoint = Touchpoint.objects.get(reference=arguments["touchpoint", case]["ref"])
        made = Reading.objects.enter(by=cast.cxo, touchpoint=touchpoint, **facts, **period)
        arguments["reading", case] = {"number": made.pk}
    for case, by in (("own", cast.head("OPS")), ("foreign", cast.cxo)):
        run = upload(TARGETS["readings"], ContentFile(b"id;value\n1;3\n2;4\n"), "x.csv", by=by)
        arguments["reading import", case] = {"number": run.pk}
    for kind in ("reading", "reading import"):
        arguments[kind, "none"] = {"number": 2_000_000_000}


def _map(arguments: Arguments, cast: Cast, stage: Stage, channel: Channel) -> None:
    """A stage that OPS owns and one that nobody does; a customer journey; a change of each touchpoint that somebody proposed."""
    own = Stage.objects.create(title="Land", kind="post_sale", position=2)
    own.owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.head("OPS"))
    there = Touchpoint.objects.create(title="In the stage of OPS", stage=own, channel=channel)
    journey = Journey.objects.create(title="By car")
    for case, proposer, subject in (
        ("own", cast.contributor("OPS"), there),
        ("foreign", cast.contributor("HR"), Touchpoint.objects.get(title="The foreign touchpoint")),
        ("hidden", cast.contributor("HR"), Touchpoint.objects.get(title="The hidden touchpoint")),
    ):
        change = MapChange.objects.propose("touchpoint", "edit", subject, {"reach": 7}, by=proposer, reason="Counted.")
        arguments["change", case] = {"number": change.pk}
    arguments["stage", "own"], arguments["stage", "foreign"] = {"ref": own.reference}, {"ref": stage.reference}
    arguments["stage", "none"] = {"ref": "STG-99999"}
    arguments["channel", "own"], arguments["customer journey", "own"] = {"number": channel.pk}, {"number": journey.pk}
    for case, by in (("own", cast.head("OPS")), ("foreign", cast.cxo)):
        run = upload(TARGETS["touchpoints"], ContentFile(b"id;title\n1;One\n2;Two\n"), "x.csv", by=by)
        arguments["map import", case] = {"number": run.pk}
    for kind in ("channel", "customer journey", "change", "map import"):
        arguments[kind, "none"] = {"number": 2_000_000_000}
