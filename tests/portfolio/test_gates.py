"""Gates hold a tranche of the money until the CXO lets it go; a kill gives back what is not committed."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.models import Account, CostObject, FiscalYear, FundingRequest, Kind, Pool, idle
from initiatives.portfolio.models import Gate, GateDecision, GateState, Initiative, Milestone, Status
from initiatives.portfolio.models.asking import DECIDE_GATE
from tests.cast import Cast
from tests.pools import no_case_needed, opened
from tests.portfolio.conftest import Make, accountable, status_of
from tests.refusals import refused
from tests.tampering import held

MONEY = "90.00"


@pytest.fixture
def running(cast: Cast, proposed: Make) -> Initiative:
    """An active initiative with 100.00 from OPS and 50.00 from HR; SEC is accountable."""
    no_case_needed(cast)
    initiative = proposed()
    accountable(initiative).accept(by=cast.head("SEC"))
    initiative.assess(by=cast.cxo)
    initiative.prioritise(1, by=cast.cxo, reason="Most complaints.")
    year = FiscalYear.objects.create(name="2026", starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    lines = []
    for code, amount in (("OPS", "100.00"), ("HR", "50.00")):
        pool = opened(cast, year, cast.department(code), Decimal("500.00"), by=cast.second_finance)
        lines.append((pool, Decimal(amount)))
        cast.head(code)
    request = FundingRequest.objects.draft(initiative.cost_object, lines=lines, purpose="Lanes", by=cast.contributor("OPS"))
    request.submit(by=cast.contributor("OPS"))
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.head("HR"))
    request.approve(by=cast.finance)
    initiative = Initiative.objects.get(pk=initiative.pk)
    initiative.launch(by=cast.head("SEC"))
    return initiative


@pytest.fixture
def gate(cast: Cast, running: Initiative) -> Gate:
    """Of 150.00, 90.00 waits at the gate of the pilot."""
    milestone = running.add_milestone("Pilot", cast.cxo.today() + timedelta(days=9), by=cast.head("SEC"))
    return Gate.objects.set_gate(milestone, Decimal("90.00"), must=["Queues are shorter"], should=["Staff like it"], by=cast.cxo)


def money(gate: Gate) -> CostObject:
    return CostObject.objects.get(initiative__milestones__gate=gate)


def pool(code: str) -> Pool:
    return Pool.objects.get(department__code=code)


def fresh(gate: Gate) -> Gate:
    return Gate.objects.select_related("milestone__initiative").get(pk=gate.pk)


def met(gate: Gate, cast: Cast) -> Gate:
    """The milestone is met, and every question is answered with yes."""
    fresh(gate).milestone.meet(by=cast.head("SEC"))
    fresh(gate).answer({one.pk: (True, "Measured in May.") for one in gate.criteria.all()}, by=cast.head("SEC"))
    return fresh(gate)


def test_what_waits_at_a_gate_is_not_committed_and_the_rest_is(gate: Gate, cast: Cast) -> None:
    money(gate).commit(pool("OPS"), Decimal("60.00"), by=cast.finance)
    with pytest.raises(RuleBroken, match=r"EUR 0.00 is open; 90.00 is held until a gate lets it go"):
        money(gate).commit(pool("OPS"), Decimal("0.01"), by=cast.finance)
    with pytest.raises(RuleBroken, match="held until a gate"):
        money(gate).release(pool("HR"), Decimal("50.00"), by=cast.finance)
    assert (money(gate).committed, money(gate).allocated) == (Decimal("60.00"), Decimal("150.00"))


def test_the_database_holds_it_too(gate: Gate, cast: Cast) -> None:
    money(gate).commit(pool("OPS"), Decimal("60.00"), by=cast.finance)
    for amount in (0, 89, 91):
        assert refused("UPDATE funding_costobject SET held = %s", amount) == "money_moves_by_transfers_only"
    insert = "INSERT INTO funding_costobject (currency, asked, allocated, committed, spent, held) VALUES ('EUR', 0, 0, 0, 0, 1)"
    assert refused(insert) == "money_moves_by_transfers_only"
    later = gate.milestone.initiative.add_milestone("Roll-out", cast.cxo.today(), by=cast.head("SEC"))
    with pytest.raises(RuleBroken, match=r"90\.01 is not left"):
        Gate.objects.set_gate(later, Decimal("0.01"), must=["All stations"], should=[], by=cast.cxo)
    alone = "INSERT INTO portfolio_gate (milestone_id, tranche, state) VALUES (%s, %s, 'waiting')"
    assert refused(alone, later.pk, "0.01") == "gates_hold_money"
    assert (money(gate).held, Gate.objects.count()) == (Decimal("90.00"), 1)


def test_the_database_counts_what_waits(gate: Gate, cast: Cast) -> None:
    later = gate.milestone.initiative.add_milestone("Roll-out", cast.cxo.today(), by=cast.head("SEC"))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO portfolio_gate (milestone_id, tranche, state) VALUES (%s, 10, 'waiting')", [later.pk])
        assert money(gate).held == Decimal("100.00")
        cursor.execute("UPDATE portfolio_gate SET state = 'passed' WHERE id = %s", [gate.pk])
        assert money(gate).held == Decimal("10.00")
    assert books.verify().right
    held(money(gate), Decimal(0))  # the control: who switches the law off is found
    assert [fault.fault for fault in books.verify().faults] == ["what is held is not what waits at its gates"]


def test_after_a_go_it_is_committed(gate: Gate, cast: Cast) -> None:
    met(gate, cast).go(by=cast.cxo, reason="The pilot worked.")
    money(gate).commit(pool("OPS"), Decimal("100.00"), by=cast.finance)
    assert (money(gate).held, money(gate).committed) == (Decimal(0), Decimal("100.00"))
    decision = GateDecision.objects.get()
    assert (decision.verdict, decision.by) == ("go", cast.cxo)
    assert decision.answers[0] == {"words": "Queues are shorter", "must": True, "met": True, "evidence": "Measured in May."}


@pytest.mark.parametrize("missing", ["milestone", "must", "owner"])
def test_there_is_no_go_while_something_must_be_met(gate: Gate, cast: Cast, missing: str) -> None:
    if missing != "milestone":
        fresh(gate).milestone.meet(by=cast.head("SEC"))
    if missing != "must":
        fresh(gate).answer({one.pk: (one.must, "Measured.") for one in gate.criteria.all()}, by=cast.head("SEC"))
    if missing == "owner":
        accountable(gate.milestone.initiative).end(by=cast.head("SEC"), reason="Too much work.")
    words = {"milestone": "is not met yet", "must": "Not met: Queues", "owner": "No department has accepted"}[missing]
    with pytest.raises(RuleBroken, match=words):
        fresh(gate).go(by=cast.cxo, reason="Now.")
    assert (fresh(gate).state, money(gate).held) == (GateState.WAITING, Decimal("90.00"))
    assert not GateDecision.objects.exists()


def test_what_should_be_met_does_not_stand_in_the_way(gate: Gate, cast: Cast) -> None:
    fresh(gate).milestone.meet(by=cast.head("SEC"))
    fresh(gate).answer({one.pk: (one.must, "Measured.") for one in gate.criteria.all()}, by=cast.head("SEC"))
    fresh(gate).go(by=cast.cxo, reason="Good enough.")
    assert fresh(gate).state == GateState.PASSED


def test_a_kill_gives_back_what_is_not_committed_in_one_act(gate: Gate, cast: Cast) -> None:
    later = gate.milestone.initiative.add_milestone("Roll-out", cast.cxo.today(), by=cast.head("SEC"))
    other = Gate.objects.set_gate(later, Decimal("10.00"), must=["All stations"], should=[], by=cast.cxo)
    fresh(gate).kill(by=cast.cxo, reason="Queues are longer.")
    left = Account.objects.filter(kind=Kind.ALLOCATED).values_list("balance", flat=True)
    assert set(left) == {Decimal(0)}
    assert [pool(code).free for code in ("OPS", "HR")] == [Decimal("500.00"), Decimal("500.00")]
    assert (fresh(gate).state, fresh(other).state, money(gate).held) == (GateState.KILLED, GateState.KILLED, Decimal(0))
    assert status_of(gate.milestone.initiative) == Status.CANCELLED


def test_what_was_promised_is_still_paid_after_a_kill(gate: Gate, cast: Cast) -> None:
    money(gate).commit(pool("OPS"), Decimal("60.00"), by=cast.second_finance)
    fresh(gate).kill(by=cast.cxo, reason="Queues are longer.")
    assert (money(gate).allocated, money(gate).committed) == (Decimal("60.00"), Decimal("60.00"))
    assert status_of(gate.milestone.initiative) == Status.PAUSED
    money(gate).spend(pool("OPS"), Decimal("60.00"), by=cast.second_finance)


def test_the_rest_of_an_order_is_given_up_after_a_kill_and_the_work_ends(gate: Gate, cast: Cast) -> None:
    money(gate).commit(pool("OPS"), Decimal("60.00"), by=cast.second_finance)
    money(gate).spend(pool("OPS"), Decimal("20.00"), by=cast.second_finance)
    fresh(gate).kill(by=cast.cxo, reason="Queues are longer.")
    initiative, cxo = Initiative.objects.get(), cast.cxo
    with pytest.raises(RuleBroken, match=r"40\.00 is allocated to .* It must be decommitted and released first"):
        initiative.cancel(by=cxo, reason="Over.")
    money(gate).decommit(pool("OPS"), Decimal("40.00"), by=cast.finance, memo="The supplier let us out of the contract")
    with pytest.raises(RuleBroken, match=r"40\.00 is allocated to .* It must be released first"):
        initiative.cancel(by=cxo, reason="Over.")
    money(gate).release(pool("OPS"), Decimal("40.00"), by=cxo)
    Initiative.objects.get().cancel(by=cxo, reason="Over.")
    assert (status_of(gate.milestone.initiative), pool("OPS").free) == (Status.CANCELLED, Decimal("480.00"))


def test_a_kill_that_fails_gives_nothing_back(gate: Gate, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Initiative, "cancel", lambda *_, **__: (_ for _ in ()).throw(RuleBroken("No.")))
    with pytest.raises(RuleBroken, match="No"):
        fresh(gate).kill(by=cast.cxo, reason="Queues are longer.")
    assert (fresh(gate).state, money(gate).allocated, money(gate).held) == ("waiting", Decimal("150.00"), Decimal("90.00"))


def test_the_cxo_is_asked_when_the_milestone_is_met_and_again_on_the_day_of_a_hold(gate: Gate, cast: Cast) -> None:
    assert not Obligation.objects.open_now().filter(kind=DECIDE_GATE).exists()
    fresh(gate).milestone.meet(by=cast.head("SEC"))
    assert Obligation.objects.open_now().get(kind=DECIDE_GATE).person == cast.cxo
    until = cast.cxo.today() + timedelta(days=20)
    fresh(gate).hold(until, by=cast.cxo, reason="After the summer.")
    assert Obligation.objects.open_now().get(kind=DECIDE_GATE).due_on == until
    assert money(gate).held == Decimal("90.00")
    with pytest.raises(BadInput, match="a day after today"):
        fresh(gate).hold(cast.cxo.today(), by=cast.cxo, reason="Now.")


def test_a_recycle_opens_the_milestone_and_asks_everything_anew(gate: Gate, cast: Cast) -> None:
    met(gate, cast).recycle(by=cast.cxo, reason="Measure at night too.")
    assert Milestone.objects.get(gate=gate).is_open
    assert set(gate.criteria.values_list("met", flat=True)) == {None}
    assert not Obligation.objects.open_now().filter(kind=DECIDE_GATE).exists()
    assert (fresh(gate).state, GateDecision.objects.get().answers[0]["met"]) == ("waiting", True)


@pytest.mark.parametrize("who", ["head", "finance", "ceo", "contributor"])
def test_nobody_but_the_cxo_sets_or_decides_a_gate(gate: Gate, cast: Cast, who: str) -> None:
    by = {"head": cast.head("SEC"), "finance": cast.finance, "ceo": cast.ceo, "contributor": cast.contributor("OPS")}[who]
    found = met(gate, cast)
    other = found.milestone.initiative.add_milestone("Roll-out", cast.cxo.today(), by=cast.head("SEC"))
    for act in (
        lambda: fresh(gate).go(by=by, reason="Now."),
        lambda: fresh(gate).kill(by=by, reason="Now."),
        lambda: fresh(gate).recycle(by=by, reason="Now."),
        lambda: Gate.objects.set_gate(other, Decimal(1), must=["x"], should=[], by=by),
    ):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            act()
    assert (Gate.objects.count(), fresh(gate).state, money(gate).held) == (1, "waiting", Decimal("90.00"))


def test_who_answers_for_the_work_does_not_decide_its_gate(gate: Gate, cast: Cast) -> None:
    Initiative.objects.filter(pk=gate.milestone.initiative_id).update(accountable_person=cast.cxo)
    with pytest.raises(RuleBroken, match="does not decide its gate"):
        fresh(gate).kill(by=cast.cxo, reason="Mine.")
    assert fresh(gate).state == GateState.WAITING


def test_a_gate_holds_no_more_than_is_left(running: Initiative, cast: Cast) -> None:
    running.cost_object.commit(pool("OPS"), Decimal("80.00"), by=cast.finance)
    milestone = running.add_milestone("Pilot", cast.cxo.today(), by=cast.head("SEC"))
    with pytest.raises(RuleBroken, match=r"80.00 of 150.00 is committed or spent already; 70.01 is not left"):
        Gate.objects.set_gate(milestone, Decimal("70.01"), must=["x"], should=[], by=cast.cxo)
    assert not Gate.objects.exists()


def test_work_does_not_end_past_its_gate(gate: Gate, cast: Cast) -> None:
    milestone = fresh(gate).milestone
    with pytest.raises(RuleBroken, match="the CXO decides the gate first"):
        milestone.drop(by=cast.head("SEC"), reason="No time.")
    milestone.meet(by=cast.head("SEC"))
    with pytest.raises(RuleBroken, match="Money is held at the gates"):
        Initiative.objects.get(pk=milestone.initiative_id).complete(by=cast.head("SEC"))
    assert status_of(milestone.initiative) == Status.ACTIVE


@pytest.mark.parametrize("change", [{"state": "passed"}, {"tranche": Decimal(1)}])
def test_a_decided_gate_stays_decided_in_the_database(gate: Gate, cast: Cast, change: dict[str, object]) -> None:
    fresh(gate).kill(by=cast.cxo, reason="Queues are longer.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Gate.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        GateDecision.objects.update(reason="Other.")
    assert GateDecision.objects.get().reason == "Queues are longer."


# -- pages ------------------------------------------------------------------------------------------------------------------


def test_a_gate_is_set_answered_and_passed_over_http(running: Initiative, cast: Cast, client: Client) -> None:
    milestone = running.add_milestone("Pilot", cast.cxo.today(), by=cast.head("SEC"))
    milestone.meet(by=cast.head("SEC"))
    later = running.add_milestone("Roll-out", cast.cxo.today(), by=cast.head("SEC"))
    client.force_login(cast.cxo)
    url = reverse("portfolio:set_gate", args=[running.reference, later.pk])
    wrong = client.post(url, {"tranche": "ninety", "must": "Queues are shorter", "should": "Staff like it"})
    assert (wrong.status_code, Gate.objects.exists()) == (422, False)
    assert "Queues are shorter" in wrong.content.decode()
    assert client.post(url, {"tranche": MONEY, "must": "Queues are shorter\n\n", "should": "Staff like it"}).status_code == 302
    gate = Gate.objects.get()
    later.meet(by=cast.head("SEC"))
    must, should = gate.criteria.all()
    path = gate.get_absolute_url()
    assert client.post(f"{path}go/", {"reason": "Now."}).status_code == 409
    client.force_login(cast.head("SEC"))
    answers = {f"met_{must.pk}": "yes", f"evidence_{must.pk}": "", f"met_{should.pk}": "no", f"evidence_{should.pk}": "Not yet."}
    answers["shown"] = fresh(gate).shown()
    assert client.post(f"{path}answer/", answers).status_code == 422
    assert client.post(f"{path}answer/", {**answers, f"evidence_{must.pk}": "Measured."}).status_code == 302
    client.force_login(cast.cxo)
    assert client.post(f"{path}hold/", {"until": "yesterday", "reason": "Later."}).status_code == 422
    assert client.post(f"{path}go/", {"reason": "Now.", "shown": answers["shown"]}).status_code == 409  # before the answers
    shown = re.search(r'name="shown" value="(\w+)"', client.get(path).content.decode())
    assert shown
    assert client.post(f"{path}go/", {"reason": "Now.", "shown": shown[1]}).status_code == 302
    assert (fresh(gate).state, money(gate).held) == (GateState.PASSED, Decimal(0))


def test_the_tranche_is_withheld_from_whom_the_money_is_not_for(gate: Gate, cast: Cast, client: Client) -> None:
    for reader, told in ((cast.contributor("IT"), False), (cast.cxo, True)):
        client.force_login(reader)
        page = client.get(gate.get_absolute_url()).content.decode()
        assert (MONEY in page, "withheld" in page) == (told, not told)


def test_the_page_costs_the_same_for_any_number_of_questions(
    gate: Gate, cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.cxo)
    path = gate.get_absolute_url()
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for place in range(5, 15):
        gate.criteria.create(place=place, words=f"Question {place}", must=True)
    with django_assert_num_queries(len(few)):
        assert "Question 14" in client.get(path).content.decode()


def test_answers_that_changed_meanwhile_stand_beside_ones_own_and_the_form_goes_through(gate: Gate, cast: Cast) -> None:
    client, head, must = Client(), cast.head("SEC"), gate.criteria.get(place=0)
    client.force_login(head)
    path = f"{gate.get_absolute_url()}answer/"
    opened = fresh(gate).shown()
    fresh(gate).answer({must.pk: (False, "Not any more.")}, by=head)
    mine = {f"met_{must.pk}": "yes", f"evidence_{must.pk}": "Measured in May.", "shown": opened}
    late = client.post(path, mine)
    page = late.content.decode()
    assert (late.status_code, gate.criteria.get(place=0).met) == (409, False)
    assert "<td>Met</td><td>Not met</td>" in page
    assert "<td>Measured in May.</td><td>Not any more.</td>" in page
    shown = re.search(r'name="shown" value="(\w+)"', page)
    assert shown
    assert client.post(path, {**mine, "shown": shown[1]}).status_code == 302
    assert gate.criteria.get(place=0).evidence == "Measured in May."


@pytest.mark.parametrize("act", ["go", "kill", "recycle", "answer"])
def test_answers_that_changed_since_the_page_was_opened_are_looked_at_again(gate: Gate, cast: Cast, act: str) -> None:
    opened = met(gate, cast).shown()
    answers: Any = {gate.criteria.get(place=0).pk: (False, "Not any more.")}
    fresh(gate).answer(answers, by=cast.head("SEC"), shown=opened)
    late: dict[str, Callable[[], None]] = {
        "answer": lambda: fresh(gate).answer(answers, by=cast.head("SEC"), shown=opened),
        "go": lambda: fresh(gate).go(by=cast.cxo, reason="Now.", shown=opened),
        "kill": lambda: fresh(gate).kill(by=cast.cxo, reason="Now.", shown=opened),
        "recycle": lambda: fresh(gate).recycle(by=cast.cxo, reason="Now.", shown=opened),
    }
    with pytest.raises(Stale, match="changed after you opened"):
        late[act]()
    assert (fresh(gate).state, GateDecision.objects.count()) == (GateState.WAITING, 0)
    assert fresh(gate).criteria.get(place=0).evidence == "Not any more."


@pytest.fixture
def in_june() -> Iterator[None]:
    with clock.at(datetime(2026, 6, 1, 9, tzinfo=UTC)):
        yield


def test_money_at_a_gate_is_idle_when_the_day_of_the_gate_is_long_over(in_june: None, gate: Gate, cast: Cast) -> None:
    begins = clock.now()

    def lying(days: int) -> dict[str, Decimal]:
        with clock.at(begins + timedelta(days=days)):
            return idle.idle_of(money(gate))[1]

    assert lying(91) == {}
    assert lying(95) == {"EUR": Decimal("60.00")}  # what no gate holds
    assert lying(101) == {"EUR": Decimal("150.00")}
    with clock.at(begins + timedelta(days=95)):
        idle.give_back(money(gate), by=cast.finance)
        with pytest.raises(RuleBroken, match="lies idle"):
            idle.give_back(money(gate), by=cast.finance)
    assert money(gate).uncommitted == Decimal("90.00")
