"""The one door to guardian has none of guardian's traps: people who left, groups that outlive roles, orphaned grants."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, models, transaction
from guardian.models import GroupObjectPermission, UserObjectPermission

from initiatives.organization.grants import granted
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import project_stewards, today
from initiatives.portfolio.models import Initiative
from initiatives.portfolio.models.grants import VIEW, InitiativeGroupPermission, InitiativeUserPermission
from tests.cast import Cast


@pytest.fixture
def initiative(cast: Cast) -> Initiative:
    return Initiative.objects.draft(by=cast.contributor("OPS"), title="Faster lanes", lead_department=cast.department("OPS"))


def view() -> Permission:
    return Permission.objects.get(codename=VIEW, content_type__app_label="portfolio")


def let_in(initiative: Initiative, *, person: User | None = None, department: Department | None = None) -> None:
    here = {"content_object": initiative, "permission": view()}
    if person is not None:
        InitiativeUserPermission.objects.create(user=person, **here)
    if department is not None:
        InitiativeGroupPermission.objects.create(group=department.stewards, **here)


def seen_by(person: User) -> set[int]:
    fresh = User.objects.get(pk=person.pk)
    condition = granted(fresh, VIEW, to_people=InitiativeUserPermission, to_groups=InitiativeGroupPermission)
    return set(Initiative.objects.filter(condition).values_list("pk", flat=True))


def test_who_was_let_in_sees_and_nobody_else(cast: Cast, initiative: Initiative) -> None:
    let_in(initiative, person=cast.nobody, department=cast.department("IT"))
    assert seen_by(cast.nobody) == {initiative.pk}
    assert seen_by(cast.head("IT")) == {initiative.pk}
    assert seen_by(cast.deputy("IT")) == {initiative.pk}
    assert seen_by(cast.contributor("IT")) == set()
    assert seen_by(cast.head("HR")) == set()


def test_a_grant_to_somebody_who_left_gives_nothing(cast: Cast, initiative: Initiative) -> None:
    """get_objects_for_user would still return the object (M17)."""
    let_in(initiative, person=cast.nobody)
    cast.nobody.deactivate(by=None, reason="Left.")
    assert InitiativeUserPermission.objects.filter(user=cast.nobody).exists()
    assert seen_by(cast.nobody) == set()


def test_a_grant_to_a_department_ends_with_the_role_and_not_with_the_projection(cast: Cast, initiative: Initiative) -> None:
    hanna = cast.head("IT")
    let_in(initiative, department=cast.department("IT"))
    project_stewards()
    hanna.roles.update(ends=today())
    assert hanna.groups.exists(), "the projection has not followed yet"
    assert seen_by(hanna) == set()


def test_being_in_a_group_without_the_role_gives_nothing(cast: Cast, initiative: Initiative) -> None:
    let_in(initiative, department=cast.department("IT"))
    cast.nobody.groups.add(cast.department("IT").stewards)
    assert seen_by(cast.nobody) == set()


def test_a_permission_on_the_whole_model_gives_nothing(cast: Cast, initiative: Initiative) -> None:
    """get_objects_for_user would return every initiative (M16)."""
    cast.nobody.user_permissions.add(view())
    cast.department("IT").stewards.permissions.add(view())
    assert seen_by(cast.nobody) == set()
    assert seen_by(cast.head("IT")) == set()


def test_another_permission_on_the_object_gives_nothing(cast: Cast, initiative: Initiative) -> None:
    other = Permission.objects.get(codename="change_initiative", content_type__app_label="portfolio")
    InitiativeUserPermission.objects.create(user=cast.nobody, content_object=initiative, permission=other)
    assert seen_by(cast.nobody) == set()


def test_grants_are_tied_to_their_object_by_foreign_keys_and_no_generic_table_is_used(db: None) -> None:
    """A generic table keeps the grant of a deleted object and gives it to the next one with that number (M18)."""
    kept = [model for model in apps.get_models() if _is_grant(model) and not model.__module__.startswith("guardian.")]
    assert InitiativeUserPermission in kept
    for model in kept:
        field = model._meta.get_field("content_object")
        assert isinstance(field, models.ForeignKey)
        assert field.db_constraint
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()


def _is_grant(model: type[models.Model]) -> bool:
    return any(base.__module__.startswith("guardian.") for base in model.__mro__)


def test_an_object_cannot_vanish_from_under_its_grants(cast: Cast, initiative: Initiative) -> None:
    let_in(initiative, person=cast.nobody)
    statement = f"SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM portfolio_initiative WHERE id = {initiative.pk}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert seen_by(cast.nobody) == {initiative.pk}
