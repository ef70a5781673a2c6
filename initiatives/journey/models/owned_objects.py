"""What can be owned: a stage, a touchpoint, one of its facets, a system, a data entity. Each has one OwnedObject.

It keeps who is accountable today, and every earlier day in its spells, so that coverage of any day is one query.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import says
from initiatives.duties.models import Obligation
from initiatives.journey.models import following, grants
from initiatives.journey.models.proposing import obstacle_to_propose
from initiatives.journey.models.seen import leaves, seen
from initiatives.journey.models.spells import Spell
from initiatives.journey.models.words import Kind, State
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.journey.models.ownership import Ownership

PAGES = {
    Kind.STAGE: "journey:stage",
    Kind.TOUCHPOINT: "journey:touchpoint",
    Kind.FACET: "journey:touchpoint",
    Kind.SYSTEM: "journey:system",
    Kind.ENTITY: "journey:entity",
}
ATTEST_WINDOW = timedelta(days=14)  # so long before the day people are asked, and so long they have after they missed it


class OwnedObjectQuerySet(models.QuerySet["OwnedObject"]):
    def visible_to(self, user: User) -> Self:
        """What `user` may know of; a condition on the row and its grants, so that no row is multiplied."""
        return self.filter(seen(user))

    def exportable_by(self, user: User) -> Self:
        """Of what `user` sees, what may leave the building with them."""
        return self.filter(leaves(user))

    def in_use(self) -> Self:
        """Neither archived nor retired."""
        return self.filter(archived_on=None)

    def owned(self) -> Self:
        return self.filter(state=State.OWNED)

    def to_attest(self, today: date) -> Self:
        """Owned, and its owner is asked to say that it still is: the day comes near, or was missed."""
        return self.owned().in_use().filter(Q(attest_by__lte=today + ATTEST_WINDOW) | Q(lapses__gt=0))

    def held_by(self, user: User) -> Self:
        """What this person answers for, or keeps as a steward."""
        return self.filter(Q(person=user) | Q(steward=user))


class OwnedObject(Recorded):
    """One thing that exactly one department and one person in it should answer for.

    reference  "TP-014"; a facet's is its touchpoint's with the facet: "TP-014.data"
    weight     what it counts in coverage: reach × the moment factor for a touchpoint, 0 for everything else
    lapses     attestations missed in a row since it was accepted or last attested
    refusals   declines and lapses since it was last owned
    """

    kind = models.CharField(max_length=10, choices=Kind, editable=False)
    reference = models.CharField(max_length=40, unique=True, editable=False)
    name = models.CharField(max_length=200)
    restricted = models.BooleanField(default=False)
    departments = models.ManyToManyField(Department, blank=True, related_name="+")  # whose people see it while restricted
    guests = models.ManyToManyField(User, blank=True, related_name="+")  # people who see it while restricted
    weight = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))

    state = models.CharField(max_length=10, choices=State, default=State.UNOWNED)
    since = models.DateTimeField(default=clock.now)  # of the state
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="owned_objects")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="owned_objects")
    steward = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="stewarded_objects")
    attest_by = models.DateField(null=True, blank=True)
    lapses = models.PositiveSmallIntegerField(default=0)
    refusals = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateField(null=True, blank=True)  # settled by a ruling: not contested again before this day
    archived_on = models.DateField(null=True, blank=True)

    objects = OwnedObjectQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=State.OWNED) | Q(department__isnull=False, person__isnull=False),
                name=says("owned_by_name", "An owner is a department and a person in it."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.OWNED) | Q(person=None),
                name=says("only_owned_has_a_person", "Only what is owned has an accountable person."),
            ),
            models.CheckConstraint(condition=Q(weight__gte=0), name=says("weight_not_negative", "A weight is never negative.")),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name=says("ownership_state", "There is no such state of ownership.")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "state"], name="owned_object_by_state"),
            models.Index(fields=["department", "kind"], name="owned_object_by_department"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse(PAGES[Kind(self.kind)], args=[self.reference.split(".")[0]])

    # -- Who may see it ----------------------------------------------------------------------------------------------

    def insiders(self) -> tuple[set[int], set[int]]:
        """Who is granted sight while it is restricted: ids of people, and of departments' stewards' groups.

        Guests, the accountable person and the steward, who was asked; head and deputies of the accountable department, of
        those that were asked, and of those that contest it. The people of the named departments see it by their membership.
        """
        asked = list(self.ownerships.living().values_list("person_id", "department_id"))
        people = set(self.guests.values_list("pk", flat=True)) | {person for person, _ in asked}
        people |= {self.person_id, self.steward_id}
        departments = {department for _, department in asked}
        if self.department_id is not None:
            departments.add(self.department_id)
        for contest in self.contests.filter(ended_at=None):
            departments |= contest.side_ids()
        groups = set(Department.objects.filter(pk__in=departments).values_list("stewards_id", flat=True))
        if self.kind == Kind.FACET:
            whole_people, whole_groups = self.facet.touchpoint.owned.insiders()
            people, groups = people | whole_people, groups | whole_groups
        return {person for person in people if person is not None}, groups

    def seen_by(self, user: User) -> bool:
        """Whether `user` may know of this object, asked of what people decided and not of the grants made from it."""
        standing = user.standing
        if not user.is_active or not standing.anywhere:
            return False
        if not self.restricted or standing.sees_everything:
            return True
        if self.departments.filter(pk__in=standing.belongs_to).exists():
            return True
        people, groups = self.insiders()
        return user.pk in people or not groups.isdisjoint(standing.groups)

    def project_grants(self) -> None:
        """Renew the grants after something changed that decides who is an insider; a touchpoint's count for its facets."""
        if not self.restricted:
            return
        grants.project(self)
        if self.kind == Kind.TOUCHPOINT:
            for facet in OwnedObject.objects.filter(facet__touchpoint__owned=self):
                grants.project(facet)

    def see_as(self, whole: "OwnedObject") -> None:
        """Be as open or as restricted as the touchpoint that this is a part or a facet of."""
        self.restricted = whole.restricted
        self.save(update_fields=["restricted"])
        self.departments.set(whole.departments.all())
        self.guests.set(whole.guests.all())
        grants.project(self)

    # -- Who is asked to own it (initiatives/journey/models/ownership.py) ----------------------------------------------

    def obstacle_to_propose(
        self, department: Department | None = None, by: User | None = None, person: User | None = None
    ) -> str | None:
        """Say in one sentence why this department (any department) cannot be asked to own it, or None."""
        return obstacle_to_propose(self, department, by, person)

    def propose(self, department: Department, *, by: User | None, person: User | None = None, why: str = "") -> "Ownership":
        """Ask a department to own it; who heads that department takes it on by asking. `by=None`: the product asks."""
        return self.ownerships.propose(self, department, by=by, person=person, why=why)

    # -- What it is today, and what it was ---------------------------------------------------------------------------

    def become(
        self,
        state: str,
        *,
        department: Department | None = None,
        person: User | None = None,
        steward: User | None = None,
        attest_by: date | None = None,
        lapses: int = 0,
    ) -> None:
        """Take on this state of ownership, inside the transaction of the act that brings it about. The row is locked before."""
        if state != self.state or state == State.OWNED:
            self.since = clock.now()
        self.state, self.department, self.person, self.steward = state, department, person, steward
        self.attest_by, self.lapses = attest_by, lapses
        if state == State.OWNED:
            self.refusals = 0
        self.save(update_fields=["state", "since", "department", "person", "steward", "attest_by", "lapses", "refusals"])
        self.project_grants()
        self.remember()
        following.follows_from(self)

    def attested(self, attest_by: date | None, *, lapses: int) -> None:
        """Stay with who owns it: attested again, or missed once more."""
        missed = lapses != self.lapses
        self.attest_by, self.lapses = attest_by, lapses
        self.save(update_fields=["attest_by", "lapses"])
        if missed:
            self.remember()

    def weigh(self, weight: Decimal) -> None:
        """Take on this weight."""
        if weight != self.weight:
            self.weight = weight
            self.save(update_fields=["weight"])
            self.remember()

    def go_out_of_use(self, *, by: User, reason: str) -> None:
        """From today on it is nothing that can be owned, and nobody waits for anything about it; part of the act that says so."""
        self.lock()
        self.archived_on = clock.company_day()
        self.save(update_fields=["archived_on"])
        self.remember()
        Obligation.objects.excuse(None, self, by=by, reason=reason)
        following.went_out_of_use(self, by, reason)

    def remember(self) -> None:
        """End the running spell and begin one with what stands now."""
        now = clock.now()
        self.spells.filter(until=None).update(until=now)
        values = {name: getattr(self, name) for name in Spell.KEPT}
        Spell.objects.create(owned=self, began=now, **values)
