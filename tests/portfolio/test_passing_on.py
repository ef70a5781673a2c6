"""A department merges, is split or closes: its initiatives and parts pass on, and the parts it had stay as ended."""

from initiatives.core.models import Event
from initiatives.organization.models import Department, reorganizing
from initiatives.portfolio.models import Initiative, Involvement, State
from initiatives.portfolio.models.asking import ACCEPT
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable
from tests.portfolio.test_asks import open_asks


def test_in_a_merger_the_successor_answers_with_the_same_person(cast: Cast, active: Make) -> None:
    initiative = active()
    old = accountable(initiative)
    before = set(Involvement.objects.values_list("pk", flat=True))
    cast.head("HR")
    reorganizing.merge(cast.department("SEC"), cast.department("HR"), by=cast.administrator, reason="One team.")
    found = Initiative.objects.get(pk=initiative.pk)
    assert (found.accountable_department, found.accountable_person) == (cast.department("HR"), cast.head("SEC"))
    assert (found.cost_object.department, found.cost_object.owner) == (cast.department("HR"), cast.head("SEC"))
    old.refresh_from_db()
    assert (old.state, old.department, old.person) == (State.ENDED, cast.department("SEC"), cast.head("SEC"))
    assert before < set(Involvement.objects.values_list("pk", flat=True))
    assert accountable(initiative).department == cast.department("HR")
    assert Event.objects.about(found).newest_first()[0].act == "passed_on"


def test_what_the_department_led_is_led_by_the_successor(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    cast.head("HR")
    reorganizing.merge(cast.department("OPS"), cast.department("HR"), by=cast.administrator, reason="One team.")
    assert Initiative.objects.get(pk=initiative.pk).lead_department == cast.department("HR")


def test_a_part_that_waits_is_asked_of_the_successor(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    cast.head("HR")
    reorganizing.merge(cast.department("SEC"), cast.department("HR"), by=cast.administrator, reason="One team.")
    waiting = Involvement.objects.waiting().get()
    assert waiting.department == cast.department("HR")
    assert open_asks(ACCEPT) == [(cast.head("HR"), waiting.pk)]
    waiting.accept(by=cast.head("HR"))
    assert Initiative.objects.get(pk=initiative.pk).accountable_department == cast.department("HR")


def test_a_successor_who_has_the_part_already_has_it_once(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    cast.head("HR")
    initiative.propose_involvement(cast.department("HR"), "A", by=cast.cxo)
    reorganizing.merge(cast.department("SEC"), cast.department("HR"), by=cast.administrator, reason="One team.")
    assert [part.department for part in Involvement.objects.waiting()] == [cast.department("HR")]


def test_a_split_takes_the_chosen_initiatives(cast: Cast, active: Make) -> None:
    goes, stays = active(title="Goes"), active(title="Stays")
    new = reorganizing.split(
        cast.department("SEC"), code="SEC-N", name="Night", by=cast.administrator, reason="Too big.",
        head=cast.contributor("SEC"), holdings={"portfolio": [goes.pk]},
    )  # fmt: skip
    answers = {row.pk: (row.accountable_department, row.accountable_person) for row in Initiative.objects.all()}
    assert answers == {
        goes.pk: (new, cast.contributor("SEC")),
        stays.pk: (cast.department("SEC"), cast.head("SEC")),
    }


def test_what_a_closed_department_carried_is_carried_above_it(cast: Cast, active: Make) -> None:
    initiative, sec = active(), cast.department("SEC")
    cast.head("COO")
    Department.objects.filter(pk=sec.pk).update(parent=cast.department("COO"))
    sec.refresh_from_db()
    sec.close(by=cast.administrator, reason="Over.")
    found = Initiative.objects.get(pk=initiative.pk)
    assert (found.accountable_department, found.accountable_person) == (cast.department("COO"), cast.head("COO"))
