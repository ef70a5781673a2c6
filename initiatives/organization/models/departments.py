"""Departments: the tree of the company's parts, and who decides in each."""

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from initiatives.core.models import Recorded
from initiatives.core.prepared import prepared
from initiatives.core.rules import RuleBroken, says
from initiatives.organization import departures, reorganization
from initiatives.organization.models.roles import STEWARDS, Role, RoleKind, today

if TYPE_CHECKING:
    from initiatives.organization.models.people import User

# The lock makes two moves that together would close a loop wait for each other; the second then sees the first.
NO_LOOP = """
IF NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN RETURN NEW; END IF;
PERFORM pg_advisory_xact_lock(hashtext('organization_department.parent'));
IF EXISTS (
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM organization_department WHERE id = NEW.parent_id
        UNION
        SELECT d.id, d.parent_id FROM organization_department d JOIN above ON d.id = above.parent_id
    )
    SELECT FROM above WHERE id = NEW.id
) THEN
    RAISE EXCEPTION 'department % would stand under itself', NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'no_department_loop';
END IF;
RETURN NEW;
"""
UNDER_ITSELF = "A department cannot stand under itself or under one of its own parts."
says("no_department_loop", UNDER_ITSELF)


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> Self:
        return self.filter(closed_on=None)

    def visible_to(self, user: "User") -> Self:
        """The organisation chart is open to every active person."""
        return self if user.is_active else self.none()

    def in_order(self) -> Self:
        return self.order_by(Lower("name"), "id")

    def parents(self) -> dict[int, int | None]:
        """The whole tree: the id of each department, and of the one above it."""
        return dict(_tree())

    @transaction.atomic
    def establish(
        self, *, code: str, name: str, by: "User | None", cost_centre: str = "", parent: "Department | None" = None
    ) -> "Department":
        """A new department, under `parent` or at the top."""
        if parent is not None:
            parent.lock()
        department = self.model(code=code, name=name, cost_centre=cost_centre, parent=parent)
        if obstacle := department.obstacle_to_stand_under(parent) or department.obstacle_to_code(code):
            raise RuleBroken(obstacle)
        department.save()
        facts: dict[str, Any] = {
            "code": code,
            "name": name,
            "cost_centre": cost_centre,
            "parent": parent.code if parent else None,
        }
        department.record("created", by=by, **facts)
        return department


class Department(Recorded):
    """A part of the company; departments form a tree. `stewards` are its head and deputies, projected from roles."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    cost_centre = models.CharField(max_length=20, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    stewards = models.OneToOneField(Group, models.PROTECT, related_name="department")
    version = models.PositiveIntegerField(default=1)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("code"), name=says("one_department_per_code", "Another department already has this code.")
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name=says("no_department_under_itself", "A department cannot stand under itself."),
            ),
        ]
        triggers: ClassVar = [pgtrigger.Trigger(name="no_loop", when=pgtrigger.Before, operation=pgtrigger.Update, func=NO_LOOP)]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organization:department", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.stewards_id is None:
            self.stewards = Group.objects.create(name=f"stewards {secrets.token_hex(8)}")
        super().save(*args, **kwargs)

    # -- Who decides here --------------------------------------------------------------------------------------------

    def head(self) -> "User | None":
        """Who heads this department today, or None."""
        role = self._held_by_the_active(RoleKind.HEAD).first()
        return role.person if role else None

    def deputies(self) -> "list[User]":
        return [role.person for role in self._held_by_the_active(RoleKind.DEPUTY).order_by("starts", "id")]

    def deciders(self) -> "list[User]":
        """Who may answer for this department: its head, then its deputies; if none, those of the nearest one above."""
        line = [self.pk, *self._above()]
        found: dict[int, list[Role]] = {}
        for role in _stewarding(line, today()):
            found.setdefault(role.department_id or 0, []).append(role)
        nearest = next((found[department] for department in line if department in found), [])
        return list(dict.fromkeys(role.person for role in sorted(nearest, key=lambda role: role.kind != RoleKind.HEAD)))

    def _held_by_the_active(self, kind: str) -> models.QuerySet[Role]:
        return self.roles.current().held_by_the_active().filter(kind=kind).select_related("person")

    def _above(self) -> list[int]:
        """Ids of the departments above, nearest first; one query, and no loop even in broken data."""
        line: list[int] = []
        above = self.parent_id
        parents = Department.objects.parents() if above is not None else {}
        while above is not None and above not in line:
            line.append(above)
            above = parents.get(above)
        return line

    # -- Acts --------------------------------------------------------------------------------------------------------

    def obstacle_to_stand_under(self, parent: "Department | None") -> str | None:
        """Say in one sentence why this department cannot stand under `parent`, or None."""
        if parent is None:
            return None
        if parent.closed_on is not None:
            return f"{parent} is closed."
        if self.pk is not None and (parent.pk == self.pk or self.pk in parent._above()):
            return UNDER_ITSELF
        return None

    def obstacle_to_code(self, code: str) -> str | None:
        """Say in one sentence why this department cannot have `code`, or None."""
        other = Department.objects.exclude(pk=self.pk).filter(code__iexact=code).first()
        return f"{other} already has the code {other.code}." if other else None

    def obstacle_to_edit(self) -> str | None:
        """Say in one sentence why nothing can be changed here, or None."""
        return f"{self} is closed." if self.closed_on is not None else None

    @transaction.atomic
    def edit(
        self,
        *,
        name: str,
        code: str,
        cost_centre: str,
        parent: "Department | None",
        by: "User | None",
        version: int | None = None,
    ) -> None:
        """Change name, code, cost centre or place in the tree. `version` is what the form was opened with."""
        self.lock(version=version)
        moved = parent != self.parent
        place = self.obstacle_to_stand_under(parent) if moved else None
        if obstacle := self.obstacle_to_edit() or self.obstacle_to_code(code) or place:
            raise RuleBroken(obstacle)
        self.name, self.code, self.cost_centre, self.parent = name, code, cost_centre, parent
        self.version += 1
        self.save(update_fields=["name", "code", "cost_centre", "parent", "version"])
        self.record("moved" if moved else "edited", by=by)

    def obstacle_to_close(self) -> str | None:
        """Say in one sentence why this department cannot be closed, or None."""
        if self.closed_on is not None:
            return f"{self} is already closed."
        if part := self.children.active().first():
            return f"{part} still stands under {self}; move or close it first."
        return None

    @transaction.atomic
    def close(self, *, by: "User | None", reason: str) -> None:
        """Close the department today: its roles end; it stays readable and keeps its history."""
        self.lock()
        if obstacle := self.obstacle_to_close():
            raise RuleBroken(obstacle)
        roles = list(self.roles.not_over().select_for_update(of=("self",)).select_related("person").order_by("pk"))
        for role in roles:
            role.lock()
            role.finish(by=by, reason=reason)
        self.closed_on = today()
        self.version += 1
        self.save(update_fields=["closed_on", "version"])
        reorganization.close(self, by=by, reason=reason)
        for person in dict.fromkeys(role.person for role in roles):
            departures.role_ended(person, self, by=by)
        self.record("closed", by=by, reason=reason)


@prepared
def _tree() -> "models.QuerySet[Department, tuple[int, int | None]]":
    return Department.objects.order_by().values_list("pk", "parent_id")


@prepared
def _stewarding(departments: list[int], day: date) -> models.QuerySet[Role]:
    """The roles of heads and deputies on that day, those that are held longest first."""
    roles = Role.objects.on(day).held_by_the_active().filter(kind__in=STEWARDS, department__pk__among=departments)
    return roles.select_related("person").order_by("starts", "id")


@prepared
def chart(user: "User") -> "models.QuerySet[Department]":
    """All that the person may know of, in order."""
    return Department.objects.visible_to(user).in_order()
