"""Baselines: frozen with the first money, kept for ever, and replaced only by what another CXO approved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.decisions.models.log import decisions
from initiatives.duties.models import Obligation
from initiatives.funding import above
from initiatives.funding.models import ExchangeRate, FiscalYear, FundingRequest
from initiatives.organization.models import User
from initiatives.portfolio.models import Baseline, BaselineProposal, Initiative, Proposed
from initiatives.portfolio.models.asking import DECIDE_BASELINE
from initiatives.portfolio.models.baselines import plan_of
from initiatives.portfolio.reports.baseline import baseline_page
from initiatives.portfolio.reports.baseline_money import Worth, money_rows
from tests.cast import Cast
from tests.pools import opened
from tests.portfolio.conftest import Make
from tests.portfolio.planning import funded, ranked, whole, written

STARTS, ENDS = date(2026, 4, 1), date(2026, 10, 1)


@pytest.fixture
def planned(cast: Cast, proposed: Make) -> Initiative:
    """Funded with 100.00 and a whole case; two milestones stand in its first baseline."""
    initiative = ranked(cast, proposed, starts_on=STARTS, ends_on=ENDS)
    whole(initiative, cast)
    for title, day in (("Pilot", date(2026, 6, 1)), ("Roll-out", date(2026, 9, 1))):
        initiative.add_milestone(title, day, by=cast.head("OPS"))
    return funded(initiative, cast)


def later(initiative: Initiative, cast: Cast) -> Initiative:
    """Two weeks later, half as much money again, one milestone moved, one dropped, one added, another cost."""
    pilot, rollout = initiative.milestones.order_by("due_on")
    pilot.move(date(2026, 6, 8), by=cast.head("OPS"), reason="Supplier.")
    rollout.drop(by=cast.head("OPS"), reason="Not needed.")
    initiative.add_milestone("Night shift", date(2026, 8, 1), by=cast.head("OPS"))
    written(initiative, cast, cost_base=Decimal("160.00"))
    initiative = funded(initiative, cast, "50.00")
    initiative.edit({"ends_on": ENDS + timedelta(days=14)}, version=initiative.version, by=cast.head("OPS"))
    return Initiative.objects.get(pk=initiative.pk)


def propose(initiative: Initiative, cast: Cast) -> BaselineProposal:
    return BaselineProposal.objects.propose(initiative, by=cast.head("SEC"), reason="The supplier is late.")


def fresh(proposal: BaselineProposal) -> BaselineProposal:
    return BaselineProposal.objects.select_related("initiative", "proposed_by").get(pk=proposal.pk)


def test_the_plan_is_frozen_with_the_first_money_and_not_again(cast: Cast, planned: Initiative) -> None:
    first = Baseline.objects.get()
    assert (first.number, first.starts_on, first.ends_on, first.money) == (1, STARTS, ENDS, Decimal("100.00"))
    assert [one["title"] for one in first.scope["milestones"]] == ["Pilot", "Roll-out"]
    assert first.case is not None
    assert first.case.cost_base == Decimal("100.00")
    assert (first.accountable_person, first.benefit_owner) == (cast.head("SEC"), cast.contributor("SEC"))
    later(planned, cast).launch(by=cast.head("SEC"))
    assert Baseline.objects.get().parts() == first.parts()


def test_what_came_with_its_money_from_elsewhere_is_frozen_when_it_is_launched(cast: Cast, active: Make) -> None:
    active()
    assert Baseline.objects.get().money == Decimal(0)


def test_nothing_of_a_baseline_is_changed_or_deleted(planned: Initiative, cast: Cast) -> None:
    propose(later(planned, cast), cast)
    for rows in (Baseline.objects.all(), BaselineProposal.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(money=Decimal(1))
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    assert Baseline.objects.get().money == Decimal("100.00")


def test_a_new_baseline_is_approved_and_the_first_is_kept(planned: Initiative, cast: Cast) -> None:
    changed = later(planned, cast)
    proposal = propose(changed, cast)
    assert Obligation.objects.open_now().get(kind=DECIDE_BASELINE).person == cast.cxo
    changed.edit({"ends_on": ENDS + timedelta(days=99)}, version=changed.version, by=cast.head("OPS"))  # after it was proposed
    fresh(proposal).approve(by=cast.cxo)
    second, first = Baseline.objects.of(planned)
    assert (second.number, second.ends_on, second.money) == (2, ENDS + timedelta(days=14), Decimal("150.00"))
    assert (second.proposed_by, second.by, first.ends_on, first.proposed_by) == (cast.head("SEC"), cast.cxo, ENDS, None)
    assert not Obligation.objects.open_now().filter(kind=DECIDE_BASELINE).exists()
    assert decisions(cast.ceo).latest("pk").verb == "portfolio.initiative.baseline_approved"
    with pytest.raises(RuleBroken, match="approved already"):
        fresh(proposal).approve(by=cast.cxo)
    assert Baseline.objects.count() == 2


def paid_in_dollars(initiative: Initiative, cast: Cast) -> Initiative:
    """50.00 more, from a pool that is kept in dollars."""
    cast.head("HR")
    pool = opened(cast, FiscalYear.objects.get(), cast.department("HR"), Decimal(500), by=cast.second_finance, currency="USD")
    by = cast.contributor("OPS")
    asks = FundingRequest.objects.draft(initiative.cost_object, lines=[(pool, Decimal(50))], purpose="Airlines", by=by)
    asks.submit(by=by)
    asks.approve(by=cast.head("HR"))
    asks.approve(by=cast.finance)
    return Initiative.objects.get(pk=initiative.pk)


def test_money_in_another_currency_is_in_the_plan_at_the_rate_of_the_day(planned: Initiative, cast: Cast) -> None:
    paid = paid_in_dollars(planned, cast)
    page = baseline_page(paid, cast.finance)
    assert (page["since"], page["counted"].unpriced) == ([""], ["USD 50.00"])  # nothing is converted without a rate
    ExchangeRate.objects.enter("USD", date(2026, 1, 1), Decimal("0.5"), by=cast.finance)
    page = baseline_page(paid, cast.finance)
    assert page["since"] == ["money +25.00 (+25.0\u00a0%)"]
    told = {row.label: (row.before, row.after) for row in page["against"][0][1].rows}
    assert told["Money allocated, USD"] == ("USD 0.00", "USD 50.00")
    second = fresh(propose(paid, cast)).approve(by=cast.cxo)
    assert (second.money, second.foreign) == (Decimal("100.00"), {"USD": "50.00"})
    with pytest.raises(BadInput, match="Nothing of the plan differs"):
        propose(paid, cast)
    assert baseline_page(paid, cast.finance)["since"][0] == ""
    assert "USD" not in str(baseline_page(paid, cast.head("IT"))["against"])


def test_a_baseline_that_did_not_count_other_currencies_is_compared_by_its_own(planned: Initiative, cast: Cast) -> None:
    paid = paid_in_dollars(planned, cast)
    ExchangeRate.objects.enter("USD", date(2026, 1, 1), Decimal("0.5"), by=cast.finance)
    before = Baseline(money=Decimal("100.00"), foreign=None, scope={"milestones": [], "touchpoints": [], "problems": []})
    today = Baseline(**plan_of(paid))
    told = {row.label: (row.before, row.after) for row in money_rows(before, today, Worth(before, today))}
    assert told["Money allocated"] == (Decimal("100.00"), Decimal("100.00"))
    assert told["Money allocated, USD"] == ("not counted", "USD 50.00")


def test_nobody_approves_what_they_proposed_or_answer_for_and_the_database_knows_it_too(planned: Initiative, cast: Cast) -> None:
    second_cxo = cast.person("carl_cxo", "cxo")
    own = BaselineProposal.objects.propose(later(planned, cast), by=second_cxo, reason="Mine.")
    for by, words in (
        (second_cxo, "Who proposed"),
        (cast.head("SEC"), "Only the CXO"),
        (cast.ceo, "Only the CXO"),
        (cast.finance, "Only the CXO"),
    ):
        for act in (lambda by=by: fresh(own).approve(by=by), lambda by=by: fresh(own).decline(by=by, reason="No.")):
            with pytest.raises(RuleBroken, match=words):
                act()
    Initiative.objects.filter(pk=planned.pk).update(accountable_person=cast.cxo)
    with pytest.raises(RuleBroken, match="Who answers for the work"):
        fresh(own).approve(by=cast.cxo)
    with pytest.raises(IntegrityError, match="baseline_judged_by_another"), transaction.atomic():
        BaselineProposal.objects.filter(pk=own.pk).update(state=Proposed.APPROVED, answered_by=second_cxo)
    with pytest.raises(IntegrityError, match="baseline_of_two"), transaction.atomic():
        Baseline.objects.freeze(planned, own.parts(), by=second_cxo, proposed_by=second_cxo)
    assert (fresh(own).state, Baseline.objects.count()) == (Proposed.WAITING, 1)


def test_the_only_cxo_does_not_propose_what_nobody_could_approve(planned: Initiative, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="No CXO could approve it"):
        BaselineProposal.objects.propose(later(planned, cast), by=cast.cxo, reason="Mine.")
    assert not BaselineProposal.objects.exists()


def test_a_proposal_that_ends_otherwise_leaves_the_baseline_as_it_is(planned: Initiative, cast: Cast) -> None:
    changed = later(planned, cast)
    propose(changed, cast).decline(by=cast.cxo, reason="Keep the day.")
    withdrawn = propose(changed, cast)
    with pytest.raises(RuleBroken, match="takes back what they proposed"):
        withdrawn.withdraw(by=cast.cxo)
    withdrawn.withdraw(by=cast.head("SEC"))
    propose(changed, cast)
    for account in changed.cost_object.accounts.filter(kind="allocated"):
        changed.cost_object.release(account.pool, account.balance, by=cast.finance)
    Initiative.objects.get(pk=planned.pk).cancel(by=cast.cxo, reason="No.")
    ended = BaselineProposal.objects.order_by("id").values_list("state", flat=True)
    assert list(ended) == [Proposed.DECLINED, Proposed.WITHDRAWN, Proposed.WITHDRAWN]
    assert Baseline.objects.get().ends_on == ENDS
    assert not Obligation.objects.open_now().filter(kind=DECIDE_BASELINE).exists()


def test_a_proposal_needs_a_reason_a_difference_and_no_other_that_waits(planned: Initiative, cast: Cast) -> None:
    with pytest.raises(BadInput, match="Nothing of the plan differs"):
        propose(planned, cast)
    changed = later(planned, cast)
    with pytest.raises(BadInput, match="reason"):
        BaselineProposal.objects.propose(changed, by=cast.head("SEC"), reason=" ")
    with pytest.raises(RuleBroken, match="Only"):
        BaselineProposal.objects.propose(changed, by=cast.head("IT"), reason="Mine.")
    propose(changed, cast)
    with pytest.raises(RuleBroken, match="proposed already"):
        propose(changed, cast)
    assert BaselineProposal.objects.count() == 1


# -- what lies between ---------------------------------------------------------------------------------------------------------


def test_today_is_compared_with_the_first_and_the_current_one(planned: Initiative, cast: Cast) -> None:
    changed = later(planned, cast)
    fresh(propose(changed, cast)).approve(by=cast.cxo)
    page = baseline_page(Initiative.objects.get(pk=planned.pk), cast.cxo)
    (current, same), (first, moved) = page["against"]
    assert (current.number, first.number) == (2, 1)
    assert [row.change for row in same.rows if row.change] == []
    changes = {row.label: row.change for row in moved.rows if row.change}
    assert changes["End"] == "+14 days"
    assert changes["Money allocated"] == "+50.00 (+50.0\u00a0%)"
    assert changes["Cost, base"] == "+60.00 (+60.0\u00a0%)"
    assert changes["Cost, expected"] == "+40.00 (+36.4\u00a0%)"
    assert [(one.label, one.state, one.change) for one in moved.milestones] == [
        ("Pilot", "kept", "+7 days"),
        ("Night shift", "added", ""),
        ("Roll-out", "removed", ""),
    ]


def test_the_pages_show_amounts_only_to_whom_the_money_is_open(planned: Initiative, cast: Cast, client: Client) -> None:
    path = planned.get_absolute_url()
    readers = ((cast.contributor("IT"), False), (cast.cxo, True))
    for reader, told in readers:  # nor is anybody told that what is withheld is as it was
        client.force_login(reader)
        page = client.get(f"{path}baseline/").content.decode()
        assert ("The plan is as in baseline 1" in page, "what became of the money is withheld" in page) == (told, not told)
    propose(later(planned, cast), cast)
    for reader, told in readers:
        client.force_login(reader)
        page = client.get(f"{path}baseline/").content.decode()
        assert ("150.00" in page, "+50.00" in page, "withheld" in page) == (told, told, not told)
        assert "+14 days" in page
        assert "Night shift" in page
        line = client.get(path).content.decode()
        assert ("end +14 days" in line, "money +50.00" in line) == (True, told)


def test_a_new_baseline_is_proposed_and_decided_over_http(planned: Initiative, cast: Cast, client: Client) -> None:
    later(planned, cast)
    base = f"{planned.get_absolute_url()}baseline/"
    client.force_login(cast.head("SEC"))
    assert client.post(f"{base}propose/", {"reason": ""}).status_code == 422
    assert client.post(f"{base}propose/", {"reason": "Late."}).status_code == 302
    proposal = BaselineProposal.objects.get()
    assert client.post(f"{base}{proposal.pk}/approve/").status_code == 403
    client.force_login(cast.cxo)
    assert client.post(f"{base}{proposal.pk}/decline/", {"reason": ""}).status_code == 422
    assert client.post(f"{base}{proposal.pk}/approve/").status_code == 302
    assert client.post(f"{base}{proposal.pk}/approve/").status_code == 409
    assert Baseline.objects.count() == 2


def test_the_page_costs_the_same_for_any_number_of_milestones(
    planned: Initiative, cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.cxo)
    path = f"{planned.get_absolute_url()}baseline/"
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for day in range(1, 9):
        planned.add_milestone(f"Step {day}", date(2026, 7, day), by=cast.head("OPS"))
    with django_assert_num_queries(len(few)):
        assert "Step 8" in client.get(path).content.decode()
    assert len(few) <= 26


# -- two at once ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(transactional_db: None) -> tuple[int, list[int]]:
    """A proposal, and two CXOs who approve it at the same moment."""
    cast = Cast()
    initiative = Initiative.objects.draft(
        by=cast.contributor("OPS"), title="Race", problem="Queues.", lead_department=cast.department("OPS")
    )
    plan = {"money": Decimal(1), "scope": {"milestones": [], "touchpoints": [], "problems": []}}
    Baseline.objects.freeze(initiative, plan, by=None)
    proposal = BaselineProposal.objects.create(initiative=initiative, proposed_by=cast.head("OPS"), reason="Late.", **plan)
    return proposal.pk, [cast.cxo.pk, cast.person("carl_cxo", "cxo").pk]


def approve_together(proposal: int, people: list[int]) -> list[str]:
    ready = Barrier(len(people))

    def approve(person: int) -> str:
        try:
            found, by = BaselineProposal.objects.select_related("initiative").get(pk=proposal), User.objects.get(pk=person)
            assert found.is_open
            ready.wait(timeout=20)
            found.approve(by=by)
        except (RuleBroken, DatabaseError) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "approved"

    with ThreadPoolExecutor(len(people)) as pool:
        return sorted(pool.map(approve, people))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does(waiting: tuple[int, list[int]]) -> None:
    assert approve_together(*waiting) == ["RuleBroken", "approved"]
    assert list(Baseline.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_there_are_two_new_baselines(waiting: tuple[int, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both approve what both believe to be waiting."""

    def no_lock(self: Any, **more: Any) -> None:
        self._before = None

    monkeypatch.setattr(Initiative, "lock", no_lock)
    monkeypatch.setattr(BaselineProposal, "lock", no_lock)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE portfolio_baselineproposal DISABLE TRIGGER USER")
    try:
        assert approve_together(*waiting) == ["approved", "approved"]
        assert list(Baseline.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE portfolio_baselineproposal ENABLE TRIGGER USER")


def test_how_far_the_work_is_is_told_to_who_may_see_it(planned: Initiative, cast: Cast) -> None:
    assert above.progress(cast.finance, planned.cost_object) is None  # nobody has reported
    Initiative.objects.filter(pk=planned.pk).update(percent=40)
    assert above.progress(cast.finance, planned.cost_object) == (40, Baseline.objects.get(initiative=planned).money)
    assert above.progress(cast.nobody, planned.cost_object) is None
