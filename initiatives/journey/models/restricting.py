"""Who may know of a restricted touchpoint: the acts `restrict` and `open_up`."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from initiatives.core.rules import RuleBroken
from initiatives.journey.models import grants
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.splitting import Weighed
from initiatives.organization.models import Department, User


class Guarded(Weighed):
    """A touchpoint is open to everybody with a role, unless it is restricted: then to its insiders.

    Its parts and facets are as restricted as the touchpoint itself.
    """

    class Meta:
        abstract = True

    def may_guard(self, user: User) -> bool:
        """The CXO; head and deputies of the department that owns or keeps it, and its accountable person."""
        owned = self.owned
        mine = owned.person_id is not None and owned.person_id == user.pk
        return user.standing.holds("cxo") or mine or user.standing.heads_department(owned.department_id)

    def obstacle_to_restrict(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be restricted (or who sees it be changed), or None."""
        if by is not None and not self.may_guard(by):
            owner = f"the stewards of {self.owned.department}" if self.owned.department else "who will own it"
            return f"Only the CXO and {owner} can say who may see {self.called}."
        if self.parent_id is not None:
            return f"{self.called} is a part; it is as restricted as {self.parent.called}."
        return f"{self.called} is archived." if self.is_archived else None

    def obstacle_to_open_up(self, by: User | None = None) -> str | None:
        if obstacle := self.obstacle_to_restrict(by):
            return obstacle
        return None if self.owned.restricted else f"{self.called} is open to everybody already."

    @transaction.atomic
    def restrict(self, *, by: User, departments: Iterable[Department] = (), guests: Iterable[User] = ()) -> None:
        """Hide it from everybody but its insiders, the people of these departments, and these guests."""
        self.lock()
        self.owned.lock()
        if obstacle := self.obstacle_to_restrict(by):
            raise RuleBroken(obstacle)
        named, let_in = list(departments), list(guests)
        before = self._let_in()
        for owned in self._whole_and_what_hangs_on_it():
            owned.departments.set(named)
            owned.guests.set(let_in)
            self._become(owned, restricted=True)
        self.record("restricted", by=by, **_different(before, self._let_in()))

    @transaction.atomic
    def open_up(self, *, by: User) -> None:
        """Let everybody with a role see it again."""
        self.lock()
        self.owned.lock()
        if obstacle := self.obstacle_to_open_up(by):
            raise RuleBroken(obstacle)
        before = self._let_in()
        for owned in self._whole_and_what_hangs_on_it():
            owned.departments.clear()
            owned.guests.clear()
            self._become(owned, restricted=False)
        self.record("opened_up", by=by, **_different(before, self._let_in()))

    def _let_in(self) -> dict[str, list[str]]:
        """By name, whom it is open to while it is restricted."""
        return {
            "departments": sorted(self.owned.departments.values_list("name", flat=True)),
            "guests": sorted(self.owned.guests.values_list("name", flat=True)),
        }

    def _whole_and_what_hangs_on_it(self) -> Iterable[Any]:
        """Its owned object, those of its parts, and the facets of all of them, locked in one order."""
        parts = list(self.parts.values_list("reference", flat=True))
        facets = Q(pk__in=[])
        for reference in (self.reference, *parts):
            facets |= Q(reference__startswith=f"{reference}.")
        mine = Q(pk=self.owned_id) | Q(touchpoint__parent=self) | facets
        keys = list(OwnedObject.objects.filter(mine).values_list("pk", flat=True))
        return OwnedObject.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True, of=("self",))

    def _become(self, owned: OwnedObject, *, restricted: bool) -> None:
        owned.restricted = restricted
        owned.save(update_fields=["restricted"])
        grants.project(owned)
        if owned.pk == self.owned_id:
            self.owned.restricted = restricted


def _different(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, Any]:
    """Before and after of what is not the same."""
    return {name: [before[name], names] for name, names in after.items() if names != before[name]}
