"""Roles are granted and ended by date; the past stays as it was; the stewards' groups follow."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import IntegrityError, transaction

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.organization import projections
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.organization.models.roles import project_stewards, today
from tests.cast import Cast


def members(department: Department) -> set[User]:
    return set(get_user_model().objects.filter(groups=department.stewards_id))


def test_an_administrator_grants_a_role_from_today(cast: Cast) -> None:
    ops = cast.department("OPS")
    role = Role.objects.grant(person=cast.nobody, kind=RoleKind.HEAD, department=ops, by=cast.administrator)
    assert (role.starts, role.ends, role.granted_by) == (today(), None, cast.administrator)
    assert ops.head() == cast.nobody
    assert members(ops) == {cast.nobody}
    event = Event.objects.about(role).get()
    assert (event.act, event.changes["kind"], event.changes["department"]) == ("granted", "head", "OPS")


@pytest.mark.parametrize(
    ("grant", "sentence"),
    [
        ({"starts": today() - timedelta(days=1)}, "starts today or later"),
        ({"ends": today()}, "must end after it starts"),
        ({"kind": RoleKind.FINANCE}, "belong to a department"),
        ({"department": None}, "belong to a department"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(cast: Cast, grant: dict, sentence: str) -> None:
    asked = {"person": cast.nobody, "kind": RoleKind.HEAD, "department": cast.department("OPS"), "by": cast.administrator}
    with pytest.raises(RuleBroken, match=sentence):
        Role.objects.grant(**{**asked, **grant})
    assert not cast.nobody.roles.exists()


def test_nobody_grants_a_role_to_themselves(cast: Cast) -> None:
    ada = cast.administrator
    with pytest.raises(RuleBroken, match="themselves"):
        Role.objects.grant(person=ada, kind=RoleKind.CXO, by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(person=ada, kind=RoleKind.CXO, starts=today(), granted_by=ada)
    assert ada.roles.count() == 1


def test_a_department_has_one_head_at_a_time_and_the_refusal_names_her(cast: Cast) -> None:
    hanna = cast.head("OPS")
    with pytest.raises(RuleBroken, match=str(hanna)):
        Role.objects.grant(person=cast.nobody, kind="head", department=cast.department("OPS"), by=cast.administrator)
    assert not cast.nobody.roles.exists()


def test_a_head_follows_another_from_the_day_on_which_the_first_ends(cast: Cast) -> None:
    ops, hanna = cast.department("OPS"), cast.head("OPS")
    change = today() + timedelta(days=7)
    hanna.roles.get().end(by=cast.administrator, on=change)
    Role.objects.grant(person=cast.nobody, kind="head", department=ops, starts=change, by=cast.administrator)
    assert ops.head() == hanna
    assert [role.person for role in ops.roles.on(change)] == [cast.nobody]


def test_the_same_role_is_not_held_twice(cast: Cast) -> None:
    cora = cast.contributor("OPS")
    with pytest.raises(RuleBroken, match="already holds"):
        Role.objects.grant(person=cora, kind="contributor", department=cast.department("OPS"), by=cast.administrator)


def test_ending_a_role_keeps_the_row_and_takes_the_rights(cast: Cast) -> None:
    ops, hanna = cast.department("OPS"), cast.head("OPS")
    project_stewards()
    role = hanna.roles.get()
    role.end(by=cast.administrator, reason="Moves to another airport.")
    role.refresh_from_db()
    assert role.ends == today()
    assert ops.head() is None
    assert members(ops) == set()
    assert User.objects.get(pk=hanna.pk).standing.anywhere is False
    assert Event.objects.about(role).get().reason == "Moves to another airport."


def test_a_role_does_not_end_in_the_past_or_twice(cast: Cast) -> None:
    role = cast.head("OPS").roles.get()
    with pytest.raises(RuleBroken, match="today or later"):
        role.end(by=cast.administrator, on=today() - timedelta(days=1))
    role.end(by=cast.administrator)
    with pytest.raises(RuleBroken, match="already ended"):
        role.end(by=cast.administrator)


def test_the_last_administrator_stays(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="needs an administrator"):
        cast.administrator.roles.get().end(by=cast.cxo)
    assert cast.administrator.roles.get().ends is None


def test_a_role_that_was_granted_for_later_can_be_taken_back(cast: Cast) -> None:
    later = today() + timedelta(days=30)
    role = Role.objects.grant(
        person=cast.nobody, kind="deputy", department=cast.department("OPS"), starts=later, by=cast.administrator
    )
    role.end(by=cast.administrator, on=later)
    assert role.is_over
    Role.objects.grant(person=cast.nobody, kind="deputy", department=cast.department("OPS"), starts=later, by=cast.administrator)


def test_who_holds_a_role_is_asked_by_date(cast: Cast) -> None:
    fiona = cast.finance
    Role.objects.grant(person=cast.nobody, kind="finance", starts=today() + timedelta(days=1), by=cast.administrator)
    assert list(User.objects.holding("finance")) == [fiona]
    User.objects.filter(pk=fiona.pk).update(is_active=False)
    assert not User.objects.holding("finance").exists()


def test_members_of_a_department_hold_any_role_in_it(cast: Cast) -> None:
    people = {cast.head("OPS"), cast.deputy("OPS"), cast.contributor("OPS")}
    cast.head("IT")
    assert set(User.objects.in_department(cast.department("OPS"))) == people


def test_the_projection_equals_the_roles_and_is_repaired_when_it_does_not(cast: Cast) -> None:
    ops, hanna, dora = cast.department("OPS"), cast.head("OPS"), cast.deputy("OPS")
    cast.contributor("OPS").groups.add(ops.stewards_id)
    drift = projections.rebuild(check=True)["stewards"]
    assert len(drift) == 3
    assert members(ops) == {cast.contributor("OPS")}, "checking changes nothing"
    assert projections.rebuild()["stewards"] == drift
    assert members(ops) == {hanna, dora}
    assert projections.rebuild(check=True)["stewards"] == []


def test_rebuild_grants_says_what_differed_and_fails_only_when_it_checks(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    cast.head("OPS")
    with pytest.raises(SystemExit) as stopped:
        call_command("rebuild_grants", "--check")
    assert stopped.value.code == 1
    call_command("rebuild_grants")
    call_command("rebuild_grants", "--check", "--json")
    assert not any(json.loads(capsys.readouterr().out.splitlines()[-1]).values())


def test_what_a_person_may_do_never_hangs_on_the_projection_alone(cast: Cast) -> None:
    ops, hanna = cast.department("OPS"), cast.head("OPS")
    project_stewards()
    hanna.roles.update(ends=today())
    assert members(ops) == {hanna}, "the night's projection has not run yet"
    assert not User.objects.get(pk=hanna.pk).standing.groups
