"""What the portfolio waits for: check-ins and answers are asked of the right person, and no longer than needed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from initiatives.duties.kinds import KINDS
from initiatives.duties.models import Obligation
from initiatives.organization import departures, projections
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Holiday, User
from initiatives.portfolio.models import Initiative, InitiativeUserPermission, Involvement
from initiatives.portfolio.models.asking import ACCEPT, CHECK_IN, SUCCEED
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable


def open_asks(kind: str) -> list[tuple[User, int]]:
    return [(ask.person, ask.subject_id) for ask in Obligation.objects.open_now().filter(kind=kind)]


def test_the_head_is_asked_to_accept_and_the_deputy_may_stand_in(cast: Cast, draft: Make) -> None:
    head, deputy = cast.head("SEC"), cast.deputy("SEC")
    initiative = draft()
    part = initiative.propose_involvement(cast.department("SEC"), "A", by=cast.head("OPS"))
    ask = Obligation.objects.get(kind=ACCEPT)
    assert (ask.person, list(ask.stand_ins.all())) == (head, [deputy])
    assert initiative.title not in ask.words
    assert list(Obligation.objects.waiting_for(deputy)) == [ask]
    part.accept(by=deputy)
    assert open_asks(ACCEPT) == []


def test_the_answer_is_due_after_five_days_on_which_the_department_works(cast: Cast, draft: Make) -> None:
    head, security = cast.head("SEC"), cast.department("SEC")
    first = working_days_after(head.today(), 1, security)
    Holiday.objects.add_holiday(day=first, name="A holiday", department=security, by=cast.administrator)
    draft().propose_involvement(security, "A", by=cast.head("OPS"))
    assert Obligation.objects.get(kind=ACCEPT).due_on == working_days_after(first, 5)


def test_a_candidate_is_not_asked_to_report(funded: Make) -> None:
    funded()
    assert open_asks(CHECK_IN) == []


def test_a_launch_asks_for_a_report_and_each_report_for_the_next(cast: Cast, active: Make) -> None:
    initiative = active()
    first = Obligation.objects.get(kind=CHECK_IN)
    assert (first.person, first.department) == (cast.head("SEC"), cast.department("SEC"))
    initiative.check_in(by=cast.head("SEC"), health="green")
    first.refresh_from_db()
    assert first.outcome == "met"
    following = Obligation.objects.open_now().get(kind=CHECK_IN)
    assert following.due_on == initiative.health_on + timedelta(days=28)


@pytest.mark.parametrize("act", ["pause", "complete", "cancel"])
def test_what_no_longer_runs_is_not_asked_to_report(cast: Cast, active: Make, act: str) -> None:
    initiative = active()
    reason = {} if act == "complete" else {"reason": "Enough."}
    getattr(initiative, act)(by=cast.cxo, **reason)
    assert open_asks(CHECK_IN) == []


def test_another_accountable_person_is_asked_instead(cast: Cast, active: Make) -> None:
    initiative = active()
    accountable(initiative).hand_to(cast.contributor("SEC"), by=cast.head("SEC"))
    assert open_asks(CHECK_IN) == [(cast.contributor("SEC"), initiative.pk)]


def test_only_who_may_report_may_still_answer(cast: Cast, active: Make) -> None:
    initiative = active()
    still = KINDS[CHECK_IN].still
    people = [cast.head("SEC"), cast.head("OPS"), cast.head("IT"), cast.cxo, cast.contributor("OPS")]
    for person in people:
        assert (still(person, {initiative.pk}) == {initiative.pk}) == initiative.may_report(person)


def test_what_a_leaver_carried_passes_to_the_head_who_names_a_successor(cast: Cast, funded: Make) -> None:
    initiative = funded()
    part = accountable(initiative)
    part.hand_to(cast.contributor("SEC"), by=cast.head("SEC"))
    leaver = cast.contributor("SEC")
    assert [words for words, _ in departures.accountable_for(leaver, by=cast.cxo)] == [f"Accountable: {initiative.reference}"]
    leaver.deactivate(by=cast.administrator, reason="New job.")
    assert Initiative.objects.get(pk=initiative.pk).accountable_person == cast.head("SEC")
    assert open_asks(SUCCEED) == [(cast.head("SEC"), part.pk)]
    Involvement.objects.get(pk=part.pk).hand_to(cast.deputy("SEC"), by=cast.head("SEC"))
    assert open_asks(SUCCEED) == []


def test_who_may_not_see_an_initiative_does_not_read_what_a_leaver_held_there(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    accountable(initiative).accept(by=cast.head("SEC"))
    initiative.make_confidential(by=cast.cxo)
    assert departures.accountable_for(cast.head("SEC"), by=cast.administrator) == []


def test_grants_are_rebuilt_from_what_people_decided(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.make_confidential([cast.finance], by=cast.cxo)
    InitiativeUserPermission.objects.all().delete()
    assert projections.rebuild(check=True)["guests of confidential initiatives"] != []
    projections.rebuild()
    assert projections.rebuild(check=True)["guests of confidential initiatives"] == []
    assert Initiative.objects.visible_to(User.objects.get(pk=cast.finance.pk)).count() == 1


def test_money_keeps_an_initiative_from_being_cancelled(cast: Cast, funded: Make) -> None:
    initiative = funded()
    assert initiative.obstacle_to_cancel(cast.cxo) is None
    initiative.cost_object.asked = Decimal(10)
    assert "Money is being asked" in (initiative.obstacle_to_cancel(cast.cxo) or "")
    initiative.cost_object.asked, initiative.cost_object.allocated = Decimal(0), Decimal("99.50")
    assert "EUR 99.50 is allocated" in (initiative.obstacle_to_cancel(cast.cxo) or "")
