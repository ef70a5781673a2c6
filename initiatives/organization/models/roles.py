"""Dated roles: what a person may do, company-wide or in one department. History is kept."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.prepared import prepared
from initiatives.core.rules import RuleBroken, says
from initiatives.organization import departures

if TYPE_CHECKING:
    from initiatives.organization.models.departments import Department
    from initiatives.organization.models.people import User


class RoleKind(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    CXO = "cxo", "CXO"
    CEO = "ceo", "CEO"
    FINANCE = "finance", "Finance"
    HEAD = "head", "Department head"
    DEPUTY = "deputy", "Deputy"
    CONTRIBUTOR = "contributor", "Contributor"
    AUDITOR = "auditor", "Auditor"


DAYS_HELD = Func("starts", "ends", Value("[)"), function="daterange", output_field=DateRangeField())
COMPANY_WIDE = (RoleKind.ADMINISTRATOR, RoleKind.CXO, RoleKind.CEO, RoleKind.FINANCE, RoleKind.AUDITOR)
STEWARDS = (RoleKind.HEAD, RoleKind.DEPUTY)


def today() -> date:
    """The day by which roles count: the company's, the same for everybody."""
    return clock.company_day()


class RoleQuerySet(models.QuerySet["Role"]):
    def on(self, day: date) -> Self:
        """Roles that are held on `day`: started, and not ended before or on it (`ends` is the first day without)."""
        return self.filter(Q(starts__lte=day) & (Q(ends=None) | Q(ends__gt=day)))

    def current(self) -> Self:
        return self.on(today())

    def not_over(self) -> Self:
        """Held today or from a later day on."""
        return self.filter(Q(ends=None) | Q(ends__gt=today()), ~Q(ends=F("starts")))

    def overlapping(self, starts: date, ends: date | None) -> Self:
        """Roles that are held on at least one day from `starts` until before `ends`."""
        other = self.filter(Q(ends=None) | Q(ends__gt=starts), ~Q(ends=F("starts")))
        return other if ends is None else other.filter(starts__lt=ends)

    def held_by_the_active(self) -> Self:
        return self.filter(person__is_active=True)

    def people(self, *kinds: "RoleKind") -> "list[User]":
        """Who is active and holds one of these roles today, once for each role, the longest first."""
        held = self.current().held_by_the_active().filter(kind__in=kinds).select_related("person")
        return [role.person for role in held.order_by("starts", "id")]

    def administrators(self) -> Self:
        return self.current().held_by_the_active().filter(kind=RoleKind.ADMINISTRATOR)

    def lock_administrators(self) -> None:
        """Lock the administrators' roles in one order, so that the last two cannot leave at once."""
        list(self.administrators().order_by("pk").select_for_update(of=("self",), no_key=True))

    def visible_to(self, user: "User") -> Self:
        """Who holds which role is open to every active person."""
        return self if user.is_active else self.none()

    @transaction.atomic
    def grant(
        self,
        *,
        person: "User",
        kind: str,
        by: "User | None",
        department: "Department | None" = None,
        starts: date | None = None,
        ends: date | None = None,
        reason: str = "",
    ) -> "Role":
        """Give `person` a role from `starts` (today) until before `ends` (no end)."""
        person.lock()
        if department is not None:
            department.lock()
        role = self.model(person=person, kind=kind, department=department, starts=starts or today(), ends=ends, granted_by=by)
        if obstacle := role.obstacle_to_grant(by=by):
            raise RuleBroken(obstacle)
        role.save()
        role.record("granted", by=by, reason=reason, **role.facts())
        project_stewards([department.pk] if department else [])
        return role


class Role(Recorded):
    """What a person may do, company-wide or in one department, from a day until a day. Never deleted."""

    person = models.ForeignKey("organization.User", models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=16, choices=RoleKind)
    department = models.ForeignKey("organization.Department", models.PROTECT, null=True, blank=True, related_name="roles")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)  # the first day without the role
    granted_by = models.ForeignKey("organization.User", models.PROTECT, null=True, related_name="+")

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name=says("role_ends_after_it_starts", "A role cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")),
                name=says("role_granted_by_another", "Nobody grants a role to themselves; ask another administrator."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=COMPANY_WIDE, department=None) | (~Q(kind__in=COMPANY_WIDE) & Q(department__isnull=False)),
                name=says(
                    "role_in_the_right_place",
                    "Heads, deputies and contributors belong to a department; the other roles to the company.",
                ),
            ),
            ExclusionConstraint(
                name=says("one_head_at_a_time", "This department already has a head in that time; end that role first."),
                expressions=[("department", RangeOperators.EQUAL), (DAYS_HELD, RangeOperators.OVERLAPS)],
                condition=Q(kind=RoleKind.HEAD),
            ),
            ExclusionConstraint(
                name=says("one_role_of_a_kind", "This person already holds this role in that time."),
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce("department", Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.person}"

    @property
    def title(self) -> str:
        """The role without the person: "Department head, Operations"."""
        return f"{self.get_kind_display()}, {self.department}" if self.department else self.get_kind_display()

    @property
    def is_over(self) -> bool:
        return self.ends is not None and (self.ends <= today() or self.ends == self.starts)

    @property
    def is_current(self) -> bool:
        return self.starts <= today() and not self.is_over

    def facts(self) -> dict[str, object]:
        """What the audit trail keeps of a role, in words that outlive renames."""
        return {
            "person": self.person_id,
            "kind": self.kind,
            "department": self.department.code if self.department else None,
            "starts": self.starts,
            "ends": self.ends,
        }

    def obstacle_to_grant(self, *, by: "User | None") -> str | None:
        """Say in one sentence why this role cannot be granted as it stands, or None."""
        if by is not None and by.pk == self.person_id:
            return "Nobody grants a role to themselves; ask another administrator."
        if by is not None and self.starts < today():
            return "A role starts today or later: what somebody was entitled to in the past cannot be changed."
        if self.ends is not None and self.ends <= self.starts:
            return "A role must end after it starts."
        if not self.person.is_active:
            return f"{self.person} has left; reactivate the person first."
        if (self.kind in COMPANY_WIDE) != (self.department is None):
            return "Heads, deputies and contributors belong to a department; the other roles to the company."
        if self.department is not None and self.department.closed_on is not None:
            return f"{self.department} is closed."
        return self._obstacle_in_that_time()

    def _obstacle_in_that_time(self) -> str | None:
        others = Role.objects.overlapping(self.starts, self.ends).filter(kind=self.kind, department=self.department)
        if others.filter(person=self.person_id).exists():
            return f"{self.person} already holds this role in that time."
        if self.kind == RoleKind.HEAD and (head := others.select_related("person").first()):
            return f"{self.department} already has a head in that time, {head.person}; end that role first."
        return None

    def obstacle_to_end(self, day: date | None = None) -> str | None:
        """Say in one sentence why this role cannot end on `day` (today), or None."""
        if self.is_over:
            return "This role has already ended."
        if day is not None and day < today():
            return "A role ends today or later: what somebody was entitled to in the past cannot be changed."
        if day is not None and day < self.starts:
            return "A role cannot end before it starts."
        if self.kind == RoleKind.ADMINISTRATOR and self.is_current and not self._another_administrator():
            return "The company needs an administrator; grant the role to somebody else first."
        return None

    def _another_administrator(self) -> bool:
        """Whether somebody else administers without an end."""
        return Role.objects.administrators().filter(ends=None).exclude(person=self.person_id).exists()

    @transaction.atomic
    def end(self, *, by: "User | None", on: date | None = None, reason: str = "") -> None:
        """End the role: `on` is the first day without it (today). The row stays."""
        if self.kind == RoleKind.ADMINISTRATOR:
            Role.objects.lock_administrators()
        if self.department is not None:
            self.department.lock()
        self.lock()
        if obstacle := self.obstacle_to_end(on):
            raise RuleBroken(obstacle)
        self.finish(by=by, on=on, reason=reason)
        if self.is_over:
            departures.role_ended(self.person, self.department, by=by)

    def finish(self, *, by: "User | None", on: date | None = None, reason: str = "") -> None:
        """Set and record the end; the acts that end roles have locked and checked."""
        self.ends = max(on or today(), self.starts)
        self.save(update_fields=["ends"])
        where = self.department.code if self.department else None
        self.record("ended", by=by, reason=reason, person=self.person_id, kind=self.kind, department=where)
        project_stewards([self.department_id] if self.department_id else [])


def project_stewards(departments: Iterable[int] | None = None, *, check: bool = False) -> list[str]:
    """Make the stewards' groups of these departments (all) hold today's active heads and deputies; say what differed.

    Safe to run at any time and twice: the groups are locked, and the rows come from the roles alone.
    """
    rows = Group.objects.filter(department__isnull=False).order_by("pk")
    if departments is not None:
        rows = rows.filter(department__in=departments)
    with transaction.atomic():
        groups = dict(rows.select_for_update(of=("self",), no_key=True).values_list("pk", "department__code"))
        held = Role.objects.current().held_by_the_active().filter(kind__in=STEWARDS, department__stewards__in=groups)
        wanted = set(held.values_list("person_id", "department__stewards_id"))
        members = get_user_model().groups.through._default_manager
        found = members.filter(group_id__in=groups) if departments is not None else members.all()
        there = cast("set[tuple[int, int]]", set(found.values_list("user_id", "group_id")))
        if not check:
            members.bulk_create(
                [members.model(user_id=user, group_id=group) for user, group in sorted(wanted - there)], ignore_conflicts=True
            )
            for user, group in there - wanted:
                found.filter(user_id=user, group_id=group).delete()
    return [
        *(f"{groups[group]}: person {user} was missing" for user, group in sorted(wanted - there)),
        *(f"{groups.get(group, f'group {group}')}: person {user} was too many" for user, group in sorted(there - wanted)),
    ]


@prepared
def held(person: int, day: date) -> models.QuerySet[Role, tuple[str, int | None, int | None]]:
    """What decides a standing, of the roles that a person holds on that day."""
    roles = Role.objects.on(day).filter(person_id=person).order_by()
    return roles.values_list("kind", "department_id", "department__stewards_id")
