"""Who decides about the money of a department: along the tree of departments, each up to the limit of the own role."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models

from initiatives.core.prepared import prepared
from initiatives.funding.models.delegates import Delegation
from initiatives.funding.models.limits import DECIDE, ApprovalLimit
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.organization.models.roles import today

if TYPE_CHECKING:
    from initiatives.funding.models.pools import Pool


class Authority:
    """The limits, the delegates and the roles of today, read once for everything that is decided in one go."""

    def __init__(self, rows: Iterable[ApprovalLimit] = (), delegations: Iterable[Delegation] = ()) -> None:
        self.rows, self.delegations = list(rows), list(delegations)

    @classmethod
    def read(cls) -> Self:
        return cls(_limits(today()), _delegations(today()))

    @cached_property
    def roles(self) -> list[Role]:
        """What decides about money, those that are held longest first."""
        return _roles(today())

    @cached_property
    def parents(self) -> dict[int, int | None]:
        """The tree of departments, read once."""
        return Department.objects.parents()

    def held(self, *kinds: RoleKind, without: Collection[int]) -> list[Role]:
        return [role for role in self.roles if role.kind in kinds and role.person_id not in without]

    def of(self, role: Role, currency: str) -> Decimal | None:
        """Up to which amount this role decides; None: any. Who is limited in one currency decides about no other one."""
        mine = [row for row in self.rows if row.covers(role)]
        here = [row for row in mine if row.currency == currency]
        if here:
            return max(here, key=lambda row: (row.person_id is not None, row.department_id is not None)).amount
        return Decimal(0) if any(row.amount is not None for row in mine) else None

    def reach(self, role: Role, amount: Decimal | None, currency: str) -> bool:
        """Whether this role may decide about so much; without an amount, whether it may at all."""
        if amount is None:
            return True
        limit = self.of(role, currency)
        return limit is None or limit >= amount


class Line(NamedTuple):
    """Who may decide, first the one who is asked; whose turn it would be but for the limit; for whom and up to what they do."""

    people: list[User]
    passed: list[User]
    acting: dict[int, User]  # delegate → for whom they decide
    limits: dict[int, Decimal | None]  # person → up to which amount


def holders(
    pool: "Pool", amount: Decimal | None, authority: Authority, *, without: Collection[int] = (), over: bool = False
) -> Line:
    """Who decides about so much money from this pool today, first the one who is asked: head, deputies, the head's delegate.

    Whose limit is below it is passed over, the next in line decides. Where nobody is left (absent, or in `without` because of
    separation of duties) the nearest department above decides, and above the top, as for the central pool, the CXO. Without an
    amount: whoever may decide about anything. Empty when nobody may. `over`: the head of the department above, and so on.
    """
    above, here = [], pool.department_id
    while here is not None and here not in above:
        above.append(here)
        here = authority.parents[here]
    above = above[1:] if over else above
    roles = authority.held(RoleKind.HEAD, RoleKind.DEPUTY, RoleKind.CXO, without=without)
    by_place: dict[int | None, list[Role]] = {}
    for role in roles:
        by_place.setdefault(role.department_id, []).append(role)
    passed: list[User] = []
    for place in (*above, None):
        leads = sorted(by_place.get(place, ()), key=lambda role: role.kind != RoleKind.HEAD)
        line = _within(authority, leads, amount, pool.currency)
        if place in (None, *above[:1]):
            _add_delegates(line, authority, leads, amount, pool.currency, without)
        passed += line.passed
        if line.people:
            return Line(line.people, [person for person in passed if person not in line.people], line.acting, line.limits)
    return Line([], passed, {}, {})


def financiers(amount: Decimal | None, currency: str, authority: Authority, *, without: Collection[int] = ()) -> Line:
    """Who gives the last approval of so much, first the one who is asked: people in finance whose limit reaches it."""
    return signers(RoleKind.FINANCE, amount, currency, authority, without=without)


def signers(kind: str, amount: Decimal | None, currency: str, authority: Authority, *, without: Collection[int] = ()) -> Line:
    """Who signs by this company-wide role, first the one who is asked; delegates come last.

    Where no CXO is left, as when the CXO decided for the central pool already, the CEO signs.
    """
    roles = authority.held(RoleKind(kind), without=without)
    line = _within(authority, roles, amount, currency)
    _add_delegates(line, authority, roles, amount, currency, without)
    if kind == RoleKind.CXO and not line.people:
        above = signers(RoleKind.CEO, amount, currency, authority, without=without)
        return above._replace(passed=[*line.passed, *above.passed])
    return line


@prepared
def _limits(day: date) -> models.QuerySet[ApprovalLimit]:
    return ApprovalLimit.objects.on(day)


@prepared
def _delegations(day: date) -> models.QuerySet[Delegation]:
    return Delegation.objects.on(day).select_related("delegate").order_by("pk")


@prepared
def _roles(day: date) -> models.QuerySet[Role]:
    """Roles that decide about money, but not of those who administer the product: they have no say over it."""
    administrators = Role.objects.on(day).filter(kind=RoleKind.ADMINISTRATOR).values("person")
    deciding = Role.objects.on(day).held_by_the_active().filter(kind__in=(*DECIDE, RoleKind.CEO))
    return deciding.exclude(person__in=administrators).select_related("person").order_by("starts", "id")


def _within(authority: Authority, roles: Iterable[Role], amount: Decimal | None, currency: str) -> Line:
    """The people of these roles, once each: whom a limit lets decide about so much, and whom it does not."""
    able, passed, limits = dict[int, User](), dict[int, User](), dict[int, Decimal | None]()
    for role in roles:
        if authority.reach(role, amount, currency):
            able.setdefault(role.person_id, role.person)
            limits.setdefault(role.person_id, authority.of(role, currency))
        else:
            passed.setdefault(role.person_id, role.person)
    return Line(list(able.values()), [person for key, person in passed.items() if key not in able], {}, limits)


def _add_delegates(
    line: Line, authority: Authority, leads: Iterable[Role], amount: Decimal | None, currency: str, without: Collection[int]
) -> None:
    """Add who decides for one of these: within that limit and the own one, and not kept apart from it."""
    heads = {(role.kind, role.department_id, role.person_id): role for role in leads}
    for named in authority.delegations:
        head, person = heads.get((named.kind, named.department_id, named.head_id)), named.delegate
        if head is None or person.pk in without or person in line.people:
            continue
        if authority.reach(head, amount, currency) and named.reaches(amount, currency):
            line.people.append(person)
            line.acting[person.pk] = head.person
            both = (authority.of(head, currency), named.cap)
            line.limits[person.pk] = min((limit for limit in both if limit is not None), default=None)
        else:
            line.passed.append(person)
