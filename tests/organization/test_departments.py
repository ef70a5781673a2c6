"""The tree of departments: made, edited, moved and closed; who decides in each (catalogue rows 19, 47, 48)."""

import itertools
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken, Stale
from initiatives.organization.models import Department, Role
from initiatives.organization.models.roles import today
from tests.cast import Cast


def put_under(child: Department, parent: Department) -> None:
    child.edit(name=child.name, code=child.code, cost_centre=child.cost_centre, parent=parent, by=None)


def test_a_department_is_established_under_another(cast: Cast) -> None:
    ops = cast.department("OPS")
    gates = Department.objects.establish(code="GATE", name="Gates", parent=ops, by=cast.administrator)
    assert gates.parent == ops
    assert Event.objects.about(gates).get().changes["parent"] == "OPS"


def test_a_code_belongs_to_one_department_whatever_its_case(cast: Cast) -> None:
    cast.department("OPS")
    with pytest.raises(RuleBroken, match="already has the code OPS"):
        Department.objects.establish(code="ops", name="Other", by=cast.administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Department(code="ops", name="Other").save()
    assert Department.objects.count() == 1


def test_an_edit_says_what_changed(cast: Cast) -> None:
    ops = cast.department("OPS")
    ops.edit(name="Operations", code="OPS", cost_centre="CC-OPS", parent=None, by=cast.administrator, version=1)
    event = Event.objects.about(ops).get()
    assert (event.act, event.changes["name"]) == ("edited", ["Ops department", "Operations"])


def test_an_edit_over_a_newer_edit_is_refused(cast: Cast) -> None:
    ops = cast.department("OPS")
    ops.edit(name="Operations", code="OPS", cost_centre="", parent=None, by=cast.administrator, version=1)
    with pytest.raises(Stale):
        ops.edit(name="Operating", code="OPS", cost_centre="", parent=None, by=cast.administrator, version=1)
    assert Department.objects.get().name == "Operations"


def test_a_department_stands_neither_under_itself_nor_under_its_parts(cast: Cast) -> None:
    top, middle, low = (cast.department(code) for code in ("TOP", "MID", "LOW"))
    put_under(middle, top)
    put_under(low, middle)
    for parent in (top, middle, low):
        with pytest.raises(RuleBroken, match="under itself"):
            put_under(top, parent)
    assert Department.objects.get(pk=top.pk).parent is None


def test_the_database_refuses_a_loop_too(cast: Cast) -> None:
    top, low = cast.department("TOP"), cast.department("LOW")
    put_under(low, top)
    with pytest.raises(IntegrityError, match="under itself"), transaction.atomic():
        Department.objects.filter(pk=top.pk).update(parent=low)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_do_not_close_a_loop(cast: Cast) -> None:
    pair = cast.department("A"), cast.department("B")
    start, broken = threading.Barrier(2), []

    def move(child: Department, parent: Department) -> None:
        try:
            with transaction.atomic():
                start.wait(5)
                Department.objects.filter(pk=child.pk).update(parent=parent)
        except IntegrityError as error:
            broken.append(error)
        finally:
            connection.close()

    movers = [threading.Thread(target=move, args=way) for way in (pair, pair[::-1])]
    [mover.start() for mover in movers]
    [mover.join(10) for mover in movers]
    assert len(broken) == 1
    assert Department.objects.filter(parent=None).count() == 1


def test_a_department_with_open_parts_is_not_closed(cast: Cast) -> None:
    top, low = cast.department("TOP"), cast.department("LOW")
    put_under(low, top)
    with pytest.raises(RuleBroken, match="Low department still stands under"):
        top.close(by=cast.administrator, reason="Dissolved.")
    assert Department.objects.get(pk=top.pk).closed_on is None


def test_closing_a_department_ends_its_roles_and_keeps_them(cast: Cast) -> None:
    ops, hanna = cast.department("OPS"), cast.head("OPS")
    ops.close(by=cast.administrator, reason="Dissolved.")
    assert ops.closed_on == today()
    assert hanna.roles.get().ends == today()
    with pytest.raises(RuleBroken, match="is closed"):
        Role.objects.grant(person=cast.nobody, kind="head", department=ops, by=cast.administrator)
    with pytest.raises(RuleBroken, match="already closed"):
        ops.close(by=cast.administrator, reason="Again.")
    with pytest.raises(RuleBroken, match="is closed"):
        ops.edit(name="x", code="OPS", cost_centre="", parent=None, by=cast.administrator)


def test_the_head_decides_first_then_the_deputies(cast: Cast) -> None:
    dora, hanna = cast.deputy("OPS"), cast.head("OPS")
    cast.contributor("OPS")
    assert cast.department("OPS").deciders() == [hanna, dora]


def test_without_head_and_deputy_the_nearest_department_above_decides(cast: Cast) -> None:
    top, middle, low = (cast.department(code) for code in ("TOP", "MID", "LOW"))
    put_under(middle, top)
    put_under(low, middle)
    assert low.deciders() == []
    hanna = cast.head("TOP")
    assert low.deciders() == [hanna]
    dora = cast.deputy("MID")
    assert low.deciders() == [dora]


def test_deciders_cost_two_queries_however_deep_the_tree(cast: Cast, django_assert_num_queries) -> None:
    line = [cast.department(f"D{n}") for n in range(6)]
    for parent, child in itertools.pairwise(line):
        put_under(child, parent)
    cast.head("D0")
    with django_assert_num_queries(2):
        assert line[-1].deciders() == [cast.head("D0")]
