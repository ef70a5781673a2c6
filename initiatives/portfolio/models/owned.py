"""Who answers for an initiative: the involvement of departments, and the one that is accountable."""

from typing import Any

from django.db import models, transaction

from initiatives.core.rules import RuleBroken
from initiatives.funding.models import CostObject
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.experiments import Experiment
from initiatives.portfolio.models.guarded import Guarded
from initiatives.portfolio.models.involvement import Involvement
from initiatives.portfolio.models.words import Letter


class Owned(Guarded):
    """Department and person that accepted to be accountable, kept beside the involvement for lists and dashboards."""

    accountable_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="accountable_initiatives"
    )
    accountable_person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="accountable_initiatives")

    cost_object = models.OneToOneField(CostObject, models.PROTECT, related_name="initiative")

    class Meta:
        abstract = True

    def save(self, *args: Any, **more: Any) -> None:
        """Every initiative has what money can be given to, from its first moment."""
        if self.cost_object_id is None:
            self.cost_object = CostObject.objects.create(owner=self.accountable_person, department=self.lead_department)
        super().save(*args, **more)

    def may_run(self, user: User) -> bool:
        """Accountable person, head and deputies of the accountable and the lead department, and the CXO."""
        standing = user.standing
        return (
            self.accountable_person_id == user.pk
            or standing.holds("cxo")
            or standing.heads_department(self.lead_department_id)
            or (self.accountable_department_id is not None and standing.heads_department(self.accountable_department_id))
        )

    def who_runs(self) -> str:
        """In words, for refusals: who could do it instead."""
        person = f"{self.accountable_person}, " if self.accountable_person_id else ""
        return f"{person}the head of {self.accountable_department or self.lead_department} or the CXO"

    def obstacle_to_propose_involvement(self, by: User | None = None) -> str | None:
        if by is not None and not (self.may_edit(by) or self.may_run(by)):
            return f"Only the head of {self.lead_department}, {self.who_runs()} can ask departments to take part."
        if self.is_over:
            return f"{self.reference} is {self.get_status_display().lower()}."
        return None

    @transaction.atomic
    def propose_involvement(
        self, department: Department, letter: str, *, by: User | None, person: User | None = None
    ) -> Involvement:
        """Ask a department for its part; its head or deputy accepts or declines."""
        self.lock()
        if obstacle := self.obstacle_to_propose_involvement(by):
            raise RuleBroken(obstacle)
        if Involvement.objects.living().filter(initiative_id=self.pk, department=department, letter=letter).exists():
            raise RuleBroken(f"{department} has been asked for this part already, or has it.")
        involvement = Involvement.objects.create(
            initiative_id=self.pk, department=department, letter=Letter(letter), person=person, proposed_by=by
        )
        self.project_grants()
        asking.ask_to_accept(involvement, by=by)
        self.record(
            "involvement_proposed",
            by=by,
            department=department.name,
            letter=involvement.get_letter_display(),
            person=person.name if person else "",
        )
        return involvement

    def answers_with(self, department: Department | None, person: User | None, *, by: User | None) -> None:
        """Keep who is accountable beside the initiative; called by the involvement's own acts, under this row's lock."""
        self.accountable_department, self.accountable_person = department, person
        self.save(update_fields=["accountable_department", "accountable_person"])
        self.keep_cost_object()
        if person is not None:
            asking.ask_instead(person, self, Experiment.objects.running().filter(initiative=self.pk), by=by)

    def keep_cost_object(self) -> None:
        """Its owner never approves money for it; its department is the one that answers, or leads."""
        department = self.accountable_department_id or self.lead_department_id
        CostObject.objects.filter(pk=self.cost_object_id).update(owner=self.accountable_person_id, department=department)
