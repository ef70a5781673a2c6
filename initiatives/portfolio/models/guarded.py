"""Confidentiality: who may know that an initiative exists. `seen_by` and `InitiativeQuerySet.visible_to` agree."""

from collections.abc import Iterable

from django.db import models, transaction

from initiatives.core.rules import RuleBroken
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import grants
from initiatives.portfolio.models.benefit_owner import BenefitOwner
from initiatives.portfolio.models.described import Described
from initiatives.portfolio.models.involvement import Involvement


class Guarded(Described):
    """An initiative is open to every active person with a role, unless it is confidential: then to its insiders."""

    confidential = models.BooleanField(default=False)
    named = models.ManyToManyField(User, blank=True, related_name="named_on_initiatives")

    class Meta:
        abstract = True

    def insiders(self) -> tuple[set[int], set[int]]:
        """Who may see this initiative while it is confidential: ids of people, and of departments' stewards' groups.

        Sponsor, named people, the persons of living involvements, who owns the benefit or is asked to; head and deputies of
        the lead department and of all theirs.
        """
        parts = Involvement.objects.living().filter(initiative_id=self.pk).values_list("person_id", "department_id")
        benefit = BenefitOwner.objects.living().filter(initiative_id=self.pk).values_list("person_id", "department_id")
        rows = list(parts.union(benefit))
        people = {person for person, _ in rows if person is not None}
        people |= set(self.named.values_list("pk", flat=True))
        if self.sponsor_id is not None:
            people.add(self.sponsor_id)
        departments = {department for _, department in rows} | {self.lead_department_id}
        groups = Department.objects.filter(pk__in=departments).values_list("stewards_id", flat=True)
        return people, set(groups)

    def seen_by(self, user: User) -> bool:
        """Whether `user` may know of this initiative, asked of what people decided and not of the grants made from it."""
        standing = user.standing
        if not user.is_active or not standing.anywhere:
            return False
        if not self.confidential or standing.sees_everything:
            return True
        people, groups = self.insiders()
        return user.pk in people or not groups.isdisjoint(standing.groups)

    def may_guard(self, user: User) -> bool:
        return user.standing.holds("cxo") or user.standing.heads_department(self.lead_department_id)

    def obstacle_to_make_confidential(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_guard(by):
            return f"Only the head of {self.lead_department} or the CXO can say who may see {self.reference}."
        return None

    @transaction.atomic
    def make_confidential(self, names: Iterable[User] = (), *, by: User) -> None:
        """Hide the initiative from everybody but its insiders and `names`; again, to change the names."""
        self.lock()
        if obstacle := self.obstacle_to_make_confidential(by):
            raise RuleBroken(obstacle)
        people = list(names)
        before = sorted(self.named.values_list("name", flat=True))
        self.confidential = True
        self.save(update_fields=["confidential"])
        self.named.set(people)
        self.project_grants()
        self.record("made_confidential", by=by, named=[before, sorted(person.name for person in people)])

    def obstacle_to_open_up(self, by: User | None = None) -> str | None:
        if obstacle := self.obstacle_to_make_confidential(by):
            return obstacle
        return None if self.confidential else f"{self.reference} is open to everybody already."

    @transaction.atomic
    def open_up(self, *, by: User) -> None:
        """Let everybody with a role see the initiative."""
        self.lock()
        if obstacle := self.obstacle_to_open_up(by):
            raise RuleBroken(obstacle)
        self.confidential = False
        self.save(update_fields=["confidential"])
        grants.project(self)
        self.record("opened_up", by=by)

    def project_grants(self) -> None:
        """Renew the grants after something changed that decides who is an insider."""
        if self.confidential:
            grants.project(self)
