"""What is kept of a case, who has a stake in it, who decides, and why an act is not possible."""

from django.db import models
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.journey.models.contest_papers import Claim, Ruling
from initiatives.journey.models.contest_words import TALKING, WAITS_FOR, CaseState, Settlement
from initiatives.journey.models.deciding_contests import Excluded, deciders, excluded
from initiatives.journey.models.giving import obstacle_to_give
from initiatives.journey.models.opening_contests import speaks_for
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.organization.models import Department, User


class Contested(Recorded):
    """The fields of a contest, and the questions that are asked before each of its acts.

    due_on     the last day of the running clock
    escalated  the first decider let the clock pass: the CEO rules
    ruled_for  whose it is, by the last ruling or the settlement
    """

    reference = models.CharField(max_length=20, unique=True, editable=False)
    owned = models.ForeignKey(OwnedObject, models.PROTECT, related_name="contests")
    claimant = models.ForeignKey(Department, models.PROTECT, related_name="+")
    against = models.ForeignKey(Department, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CaseState)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(null=True)
    escalated = models.BooleanField(default=False)
    ruled_for = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    settlement = models.CharField(max_length=10, choices=Settlement, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reference}: {self.owned.reference}"

    def get_absolute_url(self) -> str:
        return reverse("journey:contest", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def waits_for(self) -> str:
        return WAITS_FOR.get(self.state, "")

    # -- who has a stake, and who decides ---------------------------------------------------------------------------------

    def side_ids(self) -> set[int]:
        """The departments that have a stake in it: who claims, who is named, whom it is directed against."""
        found = {self.claimant_id, self.against_id}
        for department, names in Claim.objects.filter(contest_id=self.pk).values_list("department_id", "names_id"):
            found |= {department, names}
        return found

    def sides(self) -> list[Department]:
        return list(Department.objects.filter(pk__in=self.side_ids()).in_order())

    def excluded(self) -> list[Excluded]:
        return excluded(self.side_ids())

    def deciders(self) -> list[User]:
        """Who may rule now; in the calm before a ruling is due, who would. On appeal the CEO, but not who ruled first."""
        ruled = list(Ruling.objects.filter(contest_id=self.pk).values_list("decider_id", flat=True))
        appeal = self.state in (CaseState.RULED, CaseState.APPEALED)
        return deciders(self.side_ids(), without=ruled, ceo_only=appeal or self.escalated)

    def may_escalate(self) -> bool:
        """Whether the CEO could rule in the place of who did not."""
        return not self.escalated and not set(deciders(self.side_ids(), ceo_only=True)) <= set(self.deciders())

    def agreed_on(self) -> Department | None:
        """The department of which all sides say that it is theirs, its own voice among them; None where they differ."""
        claims = list(Claim.objects.filter(contest_id=self.pk).select_related("names"))
        said = {claim.department_id: claim.names_id for claim in claims}
        names = {claim.names_id for claim in claims}
        return claims[0].names if len(names) == 1 and set(said) >= self.side_ids() else None

    def uncontested(self) -> Department | None:
        """The department that claimed it for itself, where no other has spoken."""
        claims = list(Claim.objects.filter(contest_id=self.pk).select_related("names"))
        return claims[0].names if len(claims) == 1 and claims[0].is_ours else None

    # -- obstacles ----------------------------------------------------------------------------------------------------------

    def obstacle_to_claim(self, department: Department | None = None, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot say whose it is (for this department), or None."""
        if self.state not in TALKING:
            return f"{self.reference} takes no more claims: {self.get_state_display().lower()}."
        if by is not None and not speaks_for(by, department):
            return f"Only the head of {department or 'a department'} or a deputy says whose it is."
        stranger = department is not None and department.pk not in self.side_ids()
        if self.state == CaseState.MEDIATION and stranger:
            return f"Only departments that made a claim in time can agree now; {department} did not."
        return None

    def obstacle_to_give_evidence(self, department: Department | None = None, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot add evidence (for this department), or None."""
        if self.state not in (CaseState.CLAIMED, CaseState.CONTESTED):
            return f"The days for evidence are over: {self.get_state_display().lower()}."
        return self._obstacle_of_stranger(department, by)

    def _obstacle_of_stranger(self, department: Department | None, by: User | None) -> str | None:
        if by is not None and not speaks_for(by, department):
            return f"Only the head of {department or 'a department'} or a deputy speaks for it."
        if department is not None and department.pk not in self.side_ids():
            return f"{department} has no stake in {self.reference}."
        return None

    def obstacle_to_withdraw(self, by: User | None = None) -> str | None:
        """Say in one sentence why the claim cannot be taken back, or None."""
        if by is not None and not speaks_for(by, self.claimant):
            return f"Only the head of {self.claimant} or a deputy takes its claim back."
        return None if self.state in TALKING else f"It is too late to take the claim back: {self.get_state_display().lower()}."

    def obstacle_to_rule(self, by: User | None = None, department: Department | None = None) -> str | None:
        """Say in one sentence why `by` cannot rule (for this department), or None."""
        if self.state not in (CaseState.RULING, CaseState.APPEALED):
            return f"Nothing is to be ruled on {self.reference}: {self.get_state_display().lower()}."
        if by is not None and (obstacle := self._obstacle_of_decider(by)):
            return obstacle
        if department is None:
            return None
        if department.pk not in self.side_ids():
            return f"{department} has no stake in {self.reference}."
        return obstacle_to_give(department)

    def _obstacle_of_decider(self, by: User) -> str | None:
        if why := next((one.why for one in self.excluded() if one.person.pk == by.pk), None):
            return f"You do not rule on this. {why}"
        if Ruling.objects.filter(contest_id=self.pk, decider=by).exists():
            return "Who ruled first does not rule on the appeal."
        people = self.deciders()
        return None if by in people else f"This is ruled by {', '.join(map(str, people)) or 'nobody: no one may'}."

    def obstacle_to_appeal(self, department: Department | None = None, by: User | None = None) -> str | None:
        """Say in one sentence why (this department) cannot appeal, or None."""
        if self.state != CaseState.RULED:
            return f"There is no ruling to appeal: {self.get_state_display().lower()}."
        if obstacle := self._obstacle_of_stranger(department, by):
            return obstacle
        if department is not None and department.pk == self.ruled_for_id:
            return f"It was ruled for {department}."
        return None if self.deciders() else "Nobody but who ruled first could rule on an appeal."
