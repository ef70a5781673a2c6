"""The objects of the access table: one of each kind for each case, and the people who look at them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.imports.models import ImportRun
from initiatives.core.models import Event
from initiatives.decisions.models import Scenario
from initiatives.duties.models import Letter
from initiatives.funding.models import (
    ActualLine,
    ApprovalLimit,
    BudgetChange,
    CarryOver,
    ControlChange,
    Delegation,
    Delivery,
    FiscalYear,
    FundingRequest,
    Guardrail,
    Journal,
    Listing,
    StepRule,
    Virement,
    Way,
)
from initiatives.funding.models.listings import Want
from initiatives.organization.models import Holiday, Invitation, User
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import (
    BaselineProposal,
    BenefitOwner,
    Experiment,
    Gate,
    Initiative,
    Involvement,
    Milestone,
    SavedView,
)
from initiatives.portfolio.models.baselines import plan_of
from tests.access.journey import journey
from tests.access.rounds import rounds
from tests.access.signals import signals
from tests.access.systems import systems
from tests.access.table import ACTORS
from tests.cast import Cast
from tests.pools import no_case_needed, opened

NOWHERE = 2_000_000_000


@dataclass
class World:
    actors: dict[str, User]
    gone: User
    arguments: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # (kind, case) → the URL's arguments

    def of(self, kind: str, case: str) -> dict[str, Any]:
        return self.arguments[kind, case]


@pytest.fixture(scope="module")
def made_once(module_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield _world(Cast())


@pytest.fixture
def world(made_once: World, db: None) -> World:
    """What each test changes in it is undone."""
    return made_once


def _world(cast: Cast) -> World:
    actors = dict(
        zip(
            ACTORS,
            [
                cast.nobody, cast.contributor("OPS"), cast.head("OPS"), cast.deputy("OPS"), cast.head("IT"), cast.finance,
                cast.cxo, cast.ceo, cast.auditor, cast.administrator,
            ],
            strict=True,
        )
    )  # fmt: skip
    world = World(actors, cast.person("greta_gone", "head", "SEC"))
    _initiatives(world, cast)
    rounds(world.arguments, cast)
    _views(world, cast)
    _people(world, cast)
    _money(world, cast)
    journey(world.arguments, cast)
    signals(world.arguments, cast)
    systems(world.arguments, cast)
    _imports(world, cast)
    return world


def _initiatives(world: World, cast: Cast) -> None:
    for case, code in (("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")):
        cast.head(code)
        contributor, department = cast.contributor(code), cast.department(code)
        found = Initiative.objects.draft(by=contributor, title=f"The {case} one", lead_department=department, problem="Queues.")
        found.propose_involvement(department, "A", by=cast.head(code))
        found.propose(by=contributor)
        part: Involvement = found.propose_involvement(cast.department(code), "R", by=cast.head(code))
        milestone: Milestone = found.add_milestone("A gate", date(2027, 3, 1), by=cast.head(code))
        gated = found.add_milestone("Pilot", date(2027, 3, 1), by=cast.head(code))
        gate = Gate.objects.set_gate(gated, Decimal("10.00"), must=["It works"], should=[], by=cast.cxo)
        gate.recycle(by=cast.cxo, reason="Measure it first.")
        if case == "hidden":
            found.make_confidential(by=cast.head(code))
        ref = {"ref": found.reference}
        world.arguments["initiative", case] = ref
        world.arguments["involvement", case] = {**ref, "number": part.pk}
        world.arguments["milestone", case] = {**ref, "number": milestone.pk}
        world.arguments["gate", case] = {**ref, "number": gated.pk}
        asked = BenefitOwner.objects.ask(found, contributor, department, by=cast.head(code))
        planned = BaselineProposal.objects.create(
            initiative=found, reason="Later.", proposed_by=cast.head(code), **plan_of(found)
        )
        tested = Experiment.objects.start(
            found, hypothesis="Fewer queue.", success="Half", stops_on=today() + timedelta(days=9), by=cast.head(code)
        )
        world.arguments["experiment", case] = {**ref, "number": tested.pk}
        world.arguments["benefit", case] = {**ref, "number": asked.pk}
        world.arguments["baseline", case] = {**ref, "number": planned.pk}
        decided = Event.objects.about(found).get(verb="portfolio.initiative.gate_decided")
        world.arguments["decision", case] = {"number": decided.pk}
    world.arguments["initiative", "none"] = {"ref": "CX-99999"}
    own = world.of("initiative", "own")
    world.arguments["involvement", "none"] = world.arguments["milestone", "none"] = world.arguments["gate", "none"] = {
        **own,
        "number": NOWHERE,
    }
    world.arguments["experiment", "none"] = {**own, "number": NOWHERE}
    world.arguments["benefit", "none"] = world.arguments["baseline", "none"] = {**own, "number": NOWHERE}
    world.arguments["decision", "none"] = world.arguments["ranking", "none"] = {"number": NOWHERE}


def _money(world: World, cast: Cast) -> None:
    no_case_needed(cast)
    year = FiscalYear.objects.get_or_create(name="2026", defaults={"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)})[0]
    pools = {code: opened(cast, year, cast.department(code), Decimal(1000), by=cast.second_finance) for code in ("OPS", "HR")}
    for case, code in (("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")):
        subject = Initiative.objects.get(title=f"The {case} one").cost_object
        lines = [(pools[code], Decimal(10))]
        by = cast.head(code) if case == "hidden" else cast.contributor(code)
        request = FundingRequest.objects.draft(subject, lines=lines, purpose="Kiosks", by=by)
        request.submit(by=by)
        journal = Journal.objects.filter(transfers__target__pool=pools[code]).first()
        assert journal
        world.arguments["pool", case] = {"pk": pools[code].pk}
        world.arguments["request", case] = {"pk": request.pk}
        world.arguments["cost object", case] = {"pk": subject.pk}
        world.arguments["journal", case] = {"pk": journal.pk}
    before = FiscalYear.objects.create(name="2025", starts=date(2025, 1, 1), ends=date(2025, 12, 31))
    central = opened(cast, year, None, Decimal(1000), by=cast.second_finance)
    for case, code in (("own", "OPS"), ("foreign", "HR")):
        moved = Virement.objects.propose(central, pools[code], Decimal(5), reason="Peak season.", by=cast.finance)
        world.arguments["virement", case] = {"pk": moved.pk}
        change = ControlChange.objects.propose(pools[code], control="stop", reason="Savings.", by=cast.finance)
        world.arguments["control change", case] = {"pk": change.pk}
        left = opened(cast, before, cast.department(code), Decimal(5), by=cast.second_finance)
        carry = CarryOver.objects.propose(left, Decimal(5), reason="Late.", by=cast.second_finance)
        world.arguments["carryover", case] = {"pk": carry.pk}
        more = BudgetChange.objects.propose(pools[code], Way.RAISE, Decimal(5), reason="More.", by=cast.cxo)
        world.arguments["budget change", case] = {"pk": more.pk}
    limit = ApprovalLimit.objects.propose(kind="head", amount=Decimal(500), reason="Audit.", by=cast.administrator)
    world.arguments["limit", "own"] = {"pk": limit.pk}
    offered = Listing.objects.publish(pools["OPS"], Want.OFFER, Decimal(5), today(), reason="Spare.", by=cast.head("OPS"))
    world.arguments["listing", "own"], world.arguments["listing", "none"] = {"pk": offered.pk}, {"pk": NOWHERE}
    world.arguments["proposal", "own"] = {"kind": "controlchange", **world.of("control change", "own")}
    world.arguments["proposal", "foreign"] = {"kind": "approvallimit", "pk": limit.pk}
    world.arguments["proposal", "none"] = {"kind": "pool", **world.of("pool", "own")}  # no proposal
    signed = StepRule.objects.propose(signer="cxo", above=Decimal(500), reason="Audit.", by=cast.administrator)
    world.arguments["further step", "own"] = {"pk": signed.pk}
    world.arguments["year", "own"] = {"pk": year.pk}
    scenario = Scenario.objects.write(year, "Cautious", by=cast.cxo)
    world.arguments["scenario", "own"], world.arguments["scenario", "none"] = {"number": scenario.pk}, {"number": NOWHERE}
    band = Guardrail.objects.propose(year=year, share="pre_sale", low=10, high=40, reason="Balance.", by=cast.finance)
    world.arguments["guardrail", "own"] = {"pk": band.pk}
    world.arguments["period", "own"] = {"pk": year.periods.get(number=2).pk}
    tomorrow = today() + timedelta(days=1)
    named = Delegation.objects.appoint(
        cast.department("OPS"), cast.contributor("OPS"), starts=tomorrow, ends=tomorrow + timedelta(days=3),
        reason="On leave.", by=cast.head("OPS"),
    )  # fmt: skip
    world.arguments["delegation", "own"] = {"pk": named.pk}
    kinds = (
        "pool",
        "budget change",
        "control change",
        "carryover",
        "request",
        "limit",
        "delegation",
        "cost object",
        "journal",
        "virement",
        "year",
        "period",
    )
    for kind in (*kinds, "guardrail", "further step"):
        world.arguments[kind, "none"] = {"pk": NOWHERE}


def _imports(world: World, cast: Cast) -> None:
    for case, code in (("own", "OPS"), ("foreign", "HR")):
        client = Client()
        client.force_login(cast.head(code))
        client.post(
            reverse("portfolio:imports"), {"file": SimpleUploadedFile("x.csv", b"id;title\n1;One\n2;Two\n"), "mapping": ""}
        )
        world.arguments["import", case] = {"number": ImportRun.objects.get(by=cast.head(code), target="initiatives").pk}
    world.arguments["import", "none"] = world.arguments["actuals import", "none"] = {"number": NOWHERE}
    client = Client()
    client.force_login(cast.finance)
    client.post(reverse("funding:imports"), {"file": SimpleUploadedFile("x.csv", b"Document;Amount\n1;2\n"), "mapping": ""})
    run = ImportRun.objects.get(target="actuals")
    brought = Delivery.objects.create(run=run, by=cast.finance, count=1, total=Decimal(2))
    line = ActualLine.objects.create(
        delivery=brought, row=2, source="SAP", document="1", day=date(2026, 11, 2), amount=Decimal(2)
    )
    world.arguments["actuals import", "own"] = {"number": run.pk}
    world.arguments["line", "own"], world.arguments["line", "none"] = {"pk": line.pk}, {"pk": NOWHERE}


def _views(world: World, cast: Cast) -> None:
    views = SavedView.objects
    world.arguments["saved view", "own"] = {"number": views.keep("Mine", "", by=cast.contributor("OPS")).pk}
    world.arguments["saved view", "foreign"] = {"number": views.keep("Shared", "", by=cast.head("HR"), shared=True).pk}
    world.arguments["saved view", "hidden"] = {"number": views.keep("Private", "", by=cast.head("HR")).pk}
    world.arguments["saved view", "none"] = {"number": NOWHERE}


def _people(world: World, cast: Cast) -> None:
    hanna, hugo = cast.head("OPS"), cast.head("HR")
    invitation = Invitation.objects.invite(email="gina@example.org", name="Gina", kind="ceo", by=cast.administrator)
    holiday = Holiday.objects.add_holiday(day=date(2026, 12, 25), name="Christmas", by=cast.administrator)
    letter = Letter.objects.create(
        template="digest", recipient=hanna, key="digest 1", state="dead", written_at=clock.now(), next_try_at=clock.now()
    )
    world.gone.deactivate(by=cast.administrator, reason="Left the company.")
    for kind, case, pk in [
        ("person", "own", hanna.pk), ("person", "foreign", hugo.pk), ("person", "none", NOWHERE),
        ("department", "own", cast.department("OPS").pk), ("department", "foreign", cast.department("HR").pk),
        ("department", "none", NOWHERE), ("invitation", "own", invitation.pk), ("invitation", "none", NOWHERE),
        ("letter", "own", letter.pk), ("letter", "none", NOWHERE),
        ("holiday", "own", holiday.pk), ("holiday", "none", NOWHERE),
    ]:  # fmt: skip
        world.arguments[kind, case] = {"pk": pk}
    world.arguments["role", "own"] = {"pk": hanna.pk, "role": hanna.roles.get().pk}
    world.arguments["role", "none"] = {"pk": hugo.pk, "role": hanna.roles.get().pk}
