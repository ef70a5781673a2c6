"""Changes of a pool that two people make: one proposes with a reason, another person in finance confirms."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, reason_given
from initiatives.duties.models import Obligation
from initiatives.funding.models.change_laws import ChangeState
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import may_post
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

DAYS_TO_CONFIRM = 5


Change = TypeVar("Change", bound="PoolChange")


class PoolChangeQuerySet(models.QuerySet[Change]):
    def visible_to(self, user: User) -> Self:
        """Who sees the pool."""
        return self.filter(pool__in=Pool.objects.visible_to(user))

    def waiting(self) -> Self:
        return self.filter(state=ChangeState.PROPOSED)

    def with_pools(self) -> Self:
        return self.select_related("by", "pool__department", "pool__year")


class PoolChange(Recorded):
    """Base of what is proposed for a pool."""

    ask_kind: ClassVar[str]
    act_name: ClassVar[str]  # of its URLs
    noun: ClassVar[str]  # "change of the control"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="%(class)ss")
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return f"{reverse('funding:pool', args=[self.pool_id])}#changes"

    @property
    def confirm_url(self) -> str:
        return reverse(f"funding:{self.act_name}_confirm", args=[self.pk])

    @property
    def decline_url(self) -> str:
        return reverse(f"funding:{self.act_name}_decline", args=[self.pk])

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {"pool": str(self.pool), "what": self.what()}

    def what(self) -> str:
        """What becomes otherwise, in words."""
        return self.noun

    def ask(self, *, by: User | None) -> None:
        """Ask the others in finance to confirm; nobody once it is decided."""
        waits = self.state == ChangeState.PROPOSED
        people = financiers(None, "", Authority(), without={self.by_id}).people if waits else []
        asks = Obligation.objects.about(self).exclude(person__in=people[:1])
        asks.excuse(self.ask_kind, self, by=by, reason="Another person is asked.")
        due_on = working_days_after(clock.today(), DAYS_TO_CONFIRM)
        words, url = f"Confirm the {self.noun} of {self.pool}", self.get_absolute_url()
        Obligation.objects.open_for(people, self.ask_kind, self, due_on=due_on, words=words, url=url, by=by)

    def obstacle_to_decide(self, by: User) -> str | None:
        """Say in one sentence why `by` can neither confirm nor decline it, or None."""
        if self.state != ChangeState.PROPOSED:
            return f"This {self.noun} is {self.get_state_display().lower()} already."
        if not may_post(by):
            return f"Only finance confirms a {self.noun}."
        return f"Who proposed a {self.noun} does not confirm it; another person in finance can." if by.pk == self.by_id else None

    def begin(self, by: User) -> User:
        """Lock the pool, then the change; who decides is read anew, whatever this request knew."""
        self.pool.lock()
        self.lock()
        by = User.objects.get(pk=by.pk)
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        return by

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, with a reason."""
        by = self.begin(by)
        self.decide(ChangeState.DECLINED, "declined", by=by, reason=reason_given(reason))

    def decide(self, state: ChangeState, verb: str, *, by: User, reason: str) -> None:
        facts = self.facts()
        self.state, self.decided_by, self.decided_at = state, by, clock.now()
        self.save(update_fields=["state", "decided_by", "decided_at"])
        self.record(verb, by=by, reason=reason, **facts)
        Obligation.objects.meet(self.ask_kind, self, by=by)
