"""Facets: the parts of a touchpoint that can be owned apart, under its end-to-end owner, and who takes which part in each."""

from collections.abc import Mapping
from typing import ClassVar

import pgtrigger
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import RuleBroken, says
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.ownable import Ownable, OwnableQuerySet
from initiatives.journey.models.proposing import may_ask, who_may_ask
from initiatives.journey.models.words import FacetKind, FacetLetter, Kind
from initiatives.organization.models import Department, User

Cells = Mapping[tuple[str, int], str]  # (kind of facet, department) → letter, or an empty string


class Facet(Ownable):
    """One part of a touchpoint: its accountable department comes by the handshake of its owned object, as everywhere."""

    KIND = Kind.FACET
    PREFIX = ""

    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="facets")
    kind = models.CharField(max_length=8, choices=FacetKind)

    objects = OwnableQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["touchpoint", "kind"], name=says("one_facet_of_a_kind", "This touchpoint has this facet already.")
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FacetKind.values), name=says("facet_kind", "There is no such kind of facet.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def name_reference(self) -> str:
        return f"{self.touchpoint.reference}.{self.kind}"


class FacetRole(models.Model):
    """A department is responsible for, consulted about or informed of a facet, from an instant until an instant."""

    facet = models.ForeignKey(Facet, models.PROTECT, related_name="roles")
    department = models.ForeignKey(Department, models.PROTECT, related_name="facet_roles")
    letter = models.CharField(max_length=1, choices=FacetLetter)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["facet", "department"],
                condition=Q(until=None),
                name=says("one_letter_in_a_facet", "A department has one letter in a facet."),
            ),
            models.CheckConstraint(
                condition=Q(letter__in=FacetLetter.values), name=says("facet_letter", "There is no such letter.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.facet_id}, {self.department_id}: {self.letter}"


def may_arrange(user: User, touchpoint: Touchpoint) -> bool:
    """Who says which department takes which part: whoever may ask for an owner, and the owner in person."""
    return touchpoint.owned.person_id == user.pk or may_ask(user, touchpoint.owned)


def obstacle_to_arrange(touchpoint: Touchpoint, by: User | None = None) -> str | None:
    """Say in one sentence why the facets of this touchpoint cannot be arranged, or None."""
    if by is not None and not may_arrange(by, touchpoint):
        return f"Only {who_may_ask(touchpoint.owned)} can say who takes part in {touchpoint.reference}."
    return f"{touchpoint.reference} is no longer in use." if touchpoint.owned.archived_on is not None else None


@transaction.atomic
def facet_of(touchpoint: Touchpoint, kind: str, *, by: User) -> Facet:
    """The facet of this kind, made when it is first needed; as open or restricted as its touchpoint."""
    touchpoint.owned.lock()
    if obstacle := obstacle_to_arrange(touchpoint, by):
        raise RuleBroken(obstacle)
    return _facet(touchpoint, kind, by)


def _facet(touchpoint: Touchpoint, kind: str, by: User) -> Facet:
    found: Facet | None = Facet.objects.filter(touchpoint=touchpoint, kind=kind).select_related("owned").first()
    if found is None:
        found = Facet.objects.create(touchpoint=touchpoint, kind=kind, title=FacetKind(kind).label)
        found.owned.see_as(touchpoint.owned)
        touchpoint.record("facet_added", by=by, facet=found.title)
    return found


@transaction.atomic
def arrange(touchpoint: Touchpoint, cells: Cells, *, by: User, version: int | None = None) -> int:
    """Give departments their letters in the facets, as the whole matrix says. Returns how many changed.

    `version` is the touchpoint's when the form was opened: whoever saves over somebody's newer matrix is told.
    """
    touchpoint.lock(version=version)
    touchpoint.owned.lock()
    if obstacle := obstacle_to_arrange(touchpoint, by):
        raise RuleBroken(obstacle)
    held = {
        (role.facet.kind, role.department_id): role
        for role in FacetRole.objects.filter(facet__touchpoint=touchpoint, until=None).select_related("facet")
    }
    changes = {cell: (held.get(cell), letter) for cell, letter in cells.items() if _letter(held.get(cell)) != letter}
    for (kind, department), (role, letter) in sorted(changes.items(), key=lambda change: change[0]):
        if role is not None:
            role.until = clock.now()
            role.save(update_fields=["until"])
        if letter:
            FacetRole.objects.create(facet=_facet(touchpoint, kind, by), department_id=department, letter=letter)
    if changes:
        touchpoint.version += 1
        touchpoint.save(update_fields=["version"])
        names = dict(Department.objects.filter(pk__in={department for _, department in changes}).values_list("pk", "code"))
        told = {f"{kind} {names[who]}": [_letter(role), letter] for (kind, who), (role, letter) in changes.items()}
        touchpoint.record("facets_arranged", by=by, cells=told)
    return len(changes)


def _letter(role: FacetRole | None) -> str:
    return role.letter if role is not None else ""
