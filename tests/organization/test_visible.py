"""`visible_to` and `has_perm` agree, and nothing but the registry answers a permission."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from initiatives.core import clock
from initiatives.organization.models import Department, Invitation, Role, RoleKind, User
from initiatives.organization.models.roles import COMPANY_WIDE, today
from tests.cast import Cast

SUBJECTS: dict[type[models.Model], str] = {
    User: "organization.view_person",
    Department: "organization.view_department",
    Invitation: "organization.view_invitation",
}
HELD = st.tuples(
    st.sampled_from(RoleKind.values), st.integers(0, 1), st.integers(-3, 3), st.none() | st.integers(1, 3)
)  # kind, department, first day from today, length


class Agreement(TestCase):
    """Whatever roles a person holds, whenever, active or not: what the queryset shows is what the permission allows."""

    @given(roles=st.lists(HELD, max_size=5), active=st.booleans())
    def test_what_is_visible_is_permitted_and_the_reverse(self, roles: list[Any], active: bool) -> None:
        people = [User.objects.create_user(f"p{n}@example.org", f"P {n}", is_active=n != 1) for n in range(3)]
        units = [Department(code=f"D{n}", name=f"D {n}", closed_on=today() if n else None) for n in range(2)]
        for unit in units:
            unit.save()
        Invitation.objects.create(
            email="i@example.org", name="I", kind="ceo", token_hash="x", invited_by=people[2], expires_at=clock.now()
        )
        reader = people[0]
        for kind, department, start, length in {(role[0], role[1]): role for role in roles}.values():
            starts = today() + timedelta(days=start)
            ends = starts + timedelta(days=length) if length else None
            where = None if kind in COMPANY_WIDE else units[department]
            if not reader.roles.filter(kind=kind, department=where).exists():
                Role.objects.create(person=reader, kind=kind, department=where, starts=starts, ends=ends)
        User.objects.filter(pk=reader.pk).update(is_active=active)
        reader = User.objects.get(pk=reader.pk)
        for model, permission in SUBJECTS.items():
            visible = set(model._default_manager.all().visible_to(reader).values_list("pk", flat=True))  # type: ignore[attr-defined]  # every model here has it
            permitted = {row.pk for row in model._default_manager.all() if reader.has_perm(permission, row)}
            assert visible == permitted, (model, roles, active)
            assert active or not visible


def test_every_permission_is_refused_to_the_inactive(cast: Cast) -> None:
    assert cast.person("bert", "administrator").is_active
    cast.administrator.deactivate(by=None, reason="Left.")
    ada = User.objects.get(pk=cast.administrator.pk)
    assert not ada.has_perm("organization.manage_people")
    assert not User.objects.visible_to(ada).exists()


def test_a_permission_on_a_whole_model_gives_nothing(cast: Cast) -> None:
    """Guardian's shortcuts would show all rows to its holder, and Django's own backend would say yes (M16)."""
    nils = cast.nobody
    kind = ContentType.objects.get_for_model(Department)
    wide = Permission.objects.create(content_type=kind, codename="manage_people", name="Manage")
    nils.user_permissions.add(wide)
    group = Group.objects.create(name="everybody")
    group.permissions.add(wide)
    nils.groups.add(group)
    nils = User.objects.get(pk=nils.pk)
    assert not nils.has_perm("organization.manage_people")
    assert not nils.has_perm("organization.manage_people", cast.department("OPS"))
    assert not nils.has_module_perms("organization")


def test_an_unknown_permission_is_refused(cast: Cast) -> None:
    assert not cast.administrator.has_perm("organization.fly")


def test_a_permission_costs_one_query_for_all_roles(cast: Cast, django_assert_num_queries) -> None:
    ada, nils = User.objects.get(pk=cast.administrator.pk), cast.nobody
    with django_assert_num_queries(1):
        assert ada.has_perm("organization.manage_people")
        assert ada.has_perm("organization.manage_people", nils)
