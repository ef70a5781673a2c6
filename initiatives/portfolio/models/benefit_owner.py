"""Who owns an initiative's benefit: one person of a department, who was asked and said yes in person."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, reason_given, says
from initiatives.duties.models import Obligation
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.belonging import BelongingQuerySet
from initiatives.portfolio.models.involvement import obstacle_to_name
from initiatives.portfolio.models.words import State

if TYPE_CHECKING:
    from initiatives.portfolio.models.initiative import Initiative


class BenefitOwnerQuerySet(BelongingQuerySet["BenefitOwner"]):
    def living(self) -> Self:
        """Asked or accepted."""
        return self.filter(state__in=(State.PROPOSED, State.ACCEPTED))

    def waiting(self) -> Self:
        return self.filter(state=State.PROPOSED)

    def accepted(self) -> Self:
        return self.filter(state=State.ACCEPTED)

    def obstacle_to_ask(
        self, initiative: "Initiative", by: User | None = None, person: User | None = None, department: Department | None = None
    ) -> str | None:
        """Say in one sentence why nobody (or not this person of this department) can be asked, or None."""
        if by is not None and not self.may_ask(initiative, by):
            return f"Only {initiative.who_runs()}, or who drafted {initiative.reference}, asks who owns its benefit."
        if initiative.is_over:
            return f"{initiative.reference} is {initiative.get_status_display().lower()}."
        if person is None or department is None:
            return None
        if self.living().filter(initiative=initiative, person=person, department=department).exists():
            return f"{person} is asked already, or has accepted."
        return obstacle_to_name(person, department)

    def may_ask(self, initiative: "Initiative", user: User) -> bool:
        """Who edits or runs the initiative, and the head of the department whose person owns the benefit or is asked to."""
        if initiative.may_edit(user) or initiative.may_run(user):
            return True
        return self.living().filter(initiative=initiative, department__in=user.standing.heads).exists()

    @transaction.atomic
    def ask(self, initiative: "Initiative", person: User, department: Department, *, by: User) -> "BenefitOwner":
        """Ask a person of a department to own the benefit. Who accepted before keeps it until the new one accepts."""
        initiative.lock()
        if obstacle := self.obstacle_to_ask(initiative, by, person, department):
            raise RuleBroken(obstacle)
        for other in self.waiting().filter(initiative=initiative):
            other.end(by=by, reason=f"{person} is asked instead.")
        return self.open_ask(initiative, person, department, by)

    @transaction.atomic
    def ask_again(self, initiative: "Initiative", *, by: User, reason: str) -> None:
        """What was accepted is no longer what is promised: ask the same person anew. A part of the act that changed it."""
        owner = self.accepted().filter(initiative=initiative).exclude(person=by).first()
        if owner is None:
            return
        owner.end(by=by, reason=reason)
        if not self.waiting().filter(initiative=initiative).exists():
            self.open_ask(initiative, owner.person, owner.department, by)

    def open_ask(self, initiative: "Initiative", person: User, department: Department, by: User | None) -> "BenefitOwner":
        """Ask this person; a part of the act that decided it."""
        asked = self.create(initiative=initiative, person=person, department=department, proposed_by=by)
        initiative.project_grants()
        asking.ask_to_own_benefit(asked, by=by)
        asked.tell("asked", by)
        return asked

    def lacking(self, initiative: "Initiative") -> str | None:
        """Say in one sentence why nobody owns the benefit, or None."""
        owner = self.accepted().filter(initiative=initiative).select_related("person", "department").first()
        if owner is not None:
            return obstacle_to_name(owner.person, owner.department)
        asked = self.waiting().filter(initiative=initiative).select_related("person").first()
        if asked is not None:
            return f"{asked.person} is asked to own the benefit of {initiative.reference} and has not accepted yet."
        return f"Ask somebody to own the benefit of {initiative.reference} first; nobody has accepted it."

    def without_role(self, person: User) -> "list[BenefitOwner]":
        """What this person owns or is asked to, in departments in which they hold no role any more."""
        theirs = self.living().filter(person=person).select_related("initiative", "department", "person").order_by("pk")
        return [one for one in theirs if obstacle_to_name(one.person, one.department) and not one.initiative.is_over]


class BenefitOwner(Recorded):
    """One asking, and how it was answered. Only the person who is asked accepts; the database knows that too."""

    initiative: Any = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="benefit_owners")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="owned_benefits")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    reason = models.TextField(blank=True, max_length=2_000)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = BenefitOwnerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(state=State.ACCEPTED),
                name=says("one_benefit_owner", "Somebody else has accepted to own this benefit meanwhile."),
            ),
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(state=State.PROPOSED),
                name=says("one_asked_for_benefit", "Somebody is asked to own this benefit already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACCEPTED) | Q(answered_by__isnull=False, answered_by=F("person")),
                name=says("benefit_accepted_in_person", "Nobody accepts a benefit for somebody else."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="benefit_life",
                field="state",
                transitions=[
                    ("proposed", "accepted"),
                    ("proposed", "declined"),
                    ("proposed", "ended"),
                    ("accepted", "ended"),
                ],
            ),
            pgtrigger.Protect(name="benefit_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="benefit_stays", fields=["initiative", "department", "person", "proposed_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.department} ({self.get_state_display().lower()})"

    def get_absolute_url(self) -> str:
        return reverse("portfolio:case", args=[self.initiative.reference])

    def obstacle_to_answer(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be accepted or declined, or None."""
        if by is not None and by.pk != self.person_id:
            return f"Only {self.person} can answer: a benefit is accepted in person."
        if self.state != State.PROPOSED:
            return f"This was answered already: {self.get_state_display().lower()}."
        if self.initiative.is_over:
            return f"{self.initiative.reference} is {self.initiative.get_status_display().lower()}."
        return obstacle_to_name(self.person, self.department)

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Take the benefit on, in person; who owned it before does no longer."""
        self._lock()
        if obstacle := self.obstacle_to_answer(by):
            raise RuleBroken(obstacle)
        for before in BenefitOwner.objects.accepted().filter(initiative=self.initiative):
            before.end(by=by, reason=f"{by} took over.")
        self._become(State.ACCEPTED, by)
        Obligation.objects.meet(asking.OWN_BENEFIT, self, by=by)
        self.tell("accepted", by)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Refuse it, with the reason."""
        self._lock()
        if obstacle := self.obstacle_to_answer(by):
            raise RuleBroken(obstacle)
        self.reason = reason_given(reason)
        self._become(State.DECLINED, by)
        Obligation.objects.meet(asking.OWN_BENEFIT, self, by=by)
        self.initiative.project_grants()
        self.tell("declined", by, self.reason)

    def end(self, *, by: User | None, reason: str) -> None:
        """It is over for this person; a part of the act that ends it, which has locked the initiative."""
        owned, self.reason, self.state = self.state == State.ACCEPTED, reason, State.ENDED
        self.save(update_fields=["state", "reason"])
        Obligation.objects.excuse(asking.OWN_BENEFIT, self, by=by, reason=reason)
        self.tell("ended", by, reason, owned=owned)

    @transaction.atomic
    def pass_to(self, department: Department, *, by: User | None, reason: str) -> None:
        """It becomes this department's. Where its person has no role there, the head is asked, who accepts or asks another."""
        self._lock()
        if self.state not in (State.PROPOSED, State.ACCEPTED):
            return
        moved = obstacle_to_name(self.person, department) is None
        kept = {"answered_by": self.answered_by, "answered_at": self.answered_at}
        accepted = self.state == State.ACCEPTED
        heirs = [self.person] if moved else [user for user in department.deciders() if user.pk != self.person_id]
        self.end(by=by, reason=reason)
        if moved and accepted:
            BenefitOwner.objects.create(
                initiative=self.initiative, person=self.person, department=department, state=State.ACCEPTED, **kept
            )
        elif heirs and not BenefitOwner.objects.waiting().filter(initiative=self.initiative).exists():
            BenefitOwner.objects.open_ask(self.initiative, heirs[0], department, by)
        self.initiative.project_grants()

    def _become(self, state: State, by: User) -> None:
        self.state, self.answered_by, self.answered_at = state, by, clock.now()
        self.save(update_fields=["state", "answered_by", "answered_at", "reason"])

    def _lock(self) -> None:
        self.initiative.lock()
        self.lock()

    def tell(self, what: str, by: User | None, reason: str = "", **more: bool) -> None:
        words = {"person": self.person.name, "department": self.department.name, **more}
        self.initiative.record(f"benefit_{what}", by=by, reason=reason, **words)
