"""What the pages about the organisation show, each in a fixed number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from initiatives.core.exports import EXPORTED
from initiatives.core.models import Event
from initiatives.organization.models import Department, Holiday, Invitation, Role, RoleKind, User, Weekday, WorkingWeek

CALENDAR = ("organization.holiday", "organization.workingweek")


@dataclass
class Place:
    """One department in the chart: how deep it stands, who heads it, who stands in, how many people hold a role in it."""

    department: Department
    depth: int = 0
    head: User | None = None
    deputies: list[User] = field(default_factory=list)
    people: set[int] = field(default_factory=set)

    @property
    def members(self) -> int:
        return len(self.people)

    @property
    def shown_depth(self) -> int:
        """Deeper parts stand no further to the right: a phone is narrow."""
        return min(self.depth, 5)


def chart(reader: User, *, closed: bool = False) -> list[Place]:
    """The tree of departments from the top, each followed by its parts."""
    shown = Department.objects.visible_to(reader).in_order().select_related("parent")
    places = {place.pk: Place(place) for place in shown.filter(closed_on__isnull=not closed)}
    roles = Role.objects.visible_to(reader).current().held_by_the_active().filter(department__in=places)
    for role in roles.select_related("person").order_by("starts", "id"):
        place = places[role.department_id or 0]
        place.people.add(role.person_id)
        if role.kind == RoleKind.HEAD:
            place.head = role.person
        elif role.kind == RoleKind.DEPUTY:
            place.deputies.append(role.person)
    return list(_in_tree_order(places))


def _in_tree_order(places: dict[int, Place]) -> Iterator[Place]:
    parts: dict[int | None, list[Place]] = {}
    for place in places.values():
        above = place.department.parent_id
        parts.setdefault(above if above in places else None, []).append(place)
    waiting = [(place, 0) for place in reversed(parts.get(None, []))]
    while waiting:
        place, place.depth = waiting.pop()
        waiting += [(part, place.depth + 1) for part in reversed(parts.get(place.department.pk, []))]
        yield place


def people(reader: User, *, q: str = "", state: str = "", role: str = "") -> QuerySet[User]:
    """People by words, state ("", "left", "all") and role today (a kind, or "none"), with the roles of today."""
    found = User.objects.visible_to(reader).matching(q)
    current = Role.objects.visible_to(reader).current()
    if state != "all":
        found = found.filter(is_active=state != "left")
    if role == "none":
        found = found.exclude(pk__in=current.values("person"))
    elif role:
        found = found.filter(pk__in=current.filter(kind=role).values("person"))
    roles = current.select_related("department").order_by("kind", "id")
    return found.in_order().prefetch_related(Prefetch("roles", roles, to_attr="held_today"))


def headcount(reader: User) -> dict[str, int]:
    """How many people are active, and how many of them hold no role today."""
    holders = Role.objects.visible_to(reader).current().values("person")
    active = User.objects.visible_to(reader).active()
    return active.aggregate(active=Count("pk"), roleless=Count("pk", filter=~Q(pk__in=holders)))


def roles_of(person: User) -> dict[str, list[Role]]:
    """Roles held or still to come, and those that are over, newest first."""
    roles = list(person.roles.select_related("department", "granted_by"))
    return {"roles": [role for role in roles if not role.is_over], "former": [role for role in roles if role.is_over]}


def history_of(person: User) -> list[Event]:
    """The last things that happened to a person's account and roles."""
    account = Event.objects.about(person).exclude(verb__endswith=f".{EXPORTED}")
    roles = Event.objects.filter(subject_type="organization.role", subject_id__in=person.roles.values("pk"))
    return list((account | roles).newest_first()[:20])


def exports() -> QuerySet[Event]:
    """The files that people took out, the newest first."""
    subject = User._meta.label_lower
    return Event.objects.filter(subject_type=subject, verb=f"{subject}.{EXPORTED}").newest_first()


def invitations(reader: User) -> QuerySet[Invitation]:
    return Invitation.objects.visible_to(reader).newest_first().select_related("department", "invited_by", "person")


def members_of(department: Department) -> dict[str, list[Role]]:
    """Who holds which role in a department today, its head first; and what is already fixed for later."""
    order = [RoleKind.HEAD, RoleKind.DEPUTY, RoleKind.CONTRIBUTOR]
    roles = department.roles.not_over().held_by_the_active().select_related("person").order_by("starts", "id")
    rows = sorted(roles, key=lambda role: order.index(RoleKind(role.kind)))
    return {"members": [role for role in rows if role.is_current], "coming": [role for role in rows if not role.is_current]}


def calendar(reader: User, year: int) -> dict[str, Any]:
    """The weekdays on which the company works, and one year's holidays, those that were cancelled apart."""
    rows = list(Holiday.objects.visible_to(reader).of_year(year).in_order().select_related("department"))
    week = WorkingWeek.objects.weekdays()
    return {
        "year": year,
        "week": [day.label for day in Weekday if day in week],
        "holidays": [row for row in rows if row.cancelled_at is None],
        "cancelled": [row for row in rows if row.cancelled_at is not None],
        "history": Event.objects.filter(subject_type__in=CALENDAR).newest_first()[:20],
    }
