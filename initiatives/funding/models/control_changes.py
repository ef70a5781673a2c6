"""How a pool is kept is changed by two: one person in finance proposes, with a reason, another confirms."""

from typing import Any, ClassVar, NamedTuple, Self, Unpack

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.duties.models import Obligation
from initiatives.funding.models.change_laws import MADE_BY_TWO, ChangeState
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.funding.models.keeping import CHOSEN, FIELDS, Asked, Keeping
from initiatives.funding.models.natures import GAVE_ANOTHER_KIND
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import may_post
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

CONFIRM_CONTROL = "funding.confirm_control"
DAYS_TO_CONFIRM = 5
WORDS = {
    "control": "When more is asked than it has",
    "tolerance": "Tolerance",
    "alert_at": "Alert level",
    "post_control": "When more is committed or spent than its limit",
    "post_limit": "Limit",
    "post_tolerance": "Tolerance of the limit",
    "seed_limit": "Seed for an initiative, at most",
    "for_departments": "For departments",
    "for_stages": "For stages",
    "for_types": "For types of initiative",
    "nature": "Pays",
}


class Difference(NamedTuple):
    words: str
    now: str
    then: str


class ControlChangeQuerySet(models.QuerySet["ControlChange"]):
    def visible_to(self, user: User) -> Self:
        """Who sees the pool."""
        return self.filter(pool__in=Pool.objects.visible_to(user))

    def waiting(self) -> Self:
        return self.filter(state=ChangeState.PROPOSED)

    def with_pools(self) -> Self:
        return self.select_related("by", "pool__department", "pool__year")

    @transaction.atomic
    def propose(
        self, pool: Pool, *, by: User, reason: str, version: int | None = None, **asked: Unpack[Asked]
    ) -> "ControlChange":
        """Write down how the pool shall be kept; the others in finance are asked to confirm it.

        `version` is that of the control which the form showed: Stale is raised when another one holds by now.
        """
        pool.lock(version=version)
        by = User.objects.get(pk=by.pk)
        if obstacle := pool.obstacle_to_control(by):
            raise RuleBroken(obstacle)
        if self.waiting().filter(pool=pool).exists():
            raise RuleBroken("A change of the control of this pool waits already.")
        values: dict[str, Any] = {name: asked.get(name, getattr(pool, name)) for name in FIELDS}
        given = pool.accounts.filter(cost_object__isnull=False, balance__gt=0)
        if values["nature"] and given.exclude(nature=values["nature"]).exists():
            raise RuleBroken(GAVE_ANOTHER_KIND)
        change = self.create(
            pool=pool, by=by, reason=reason_given(reason), **{**values, "for_types": sorted(values["for_types"])}
        )
        for name in CHOSEN:
            getattr(change, name).set(asked.get(name, getattr(pool, name).all()))
        if not change.differences():
            raise BadInput("Nothing is changed by that.")
        change.record("proposed", by=by, reason=change.reason, **change.facts())
        change.ask(by=by)
        return change


class ControlChange(Keeping):
    """How a pool shall be kept from the confirmation on."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="%(class)ss")
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ControlChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=ChangeState.PROPOSED, decided_by=None)
                | (~Q(state=ChangeState.PROPOSED) & Q(decided_by__isnull=False)),
                name=says("control_change_is_decided", "A change of a pool is confirmed or declined by somebody."),
            ),
            models.UniqueConstraint(
                fields=["pool"],
                condition=Q(state=ChangeState.PROPOSED),
                name=says("one_control_change_waits", "Such a change of this pool waits already."),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, MADE_BY_TWO]

    def __str__(self) -> str:
        return f"Control of {self.pool}"

    def get_absolute_url(self) -> str:
        return f"{reverse('funding:pool', args=[self.pool_id])}#changes"

    @property
    def confirm_url(self) -> str:
        return reverse("funding:control_confirm", args=[self.pk])

    @property
    def decline_url(self) -> str:
        return reverse("funding:control_decline", args=[self.pk])

    def differences(self) -> list[Difference]:
        """What would be kept otherwise than now."""
        found = [Difference(words, self.pool.said(name), self.said(name)) for name, words in WORDS.items()]
        return [one for one in found if one.now != one.then]

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        what = "; ".join(f"{words}: {now} → {then}" for words, now, then in self.differences())
        return {"pool": str(self.pool), "what": what}

    def ask(self, *, by: User | None) -> None:
        """Ask the others in finance to confirm it."""
        people = financiers(None, "", Authority(), without={self.by_id}).people
        asks = Obligation.objects.about(self).exclude(person__in=people[:1])
        asks.excuse(CONFIRM_CONTROL, self, by=by, reason="Another person is asked.")
        due_on = working_days_after(clock.today(), DAYS_TO_CONFIRM)
        words, url = f"Confirm the change of the control of {self.pool}", self.get_absolute_url()
        Obligation.objects.open_for(people, CONFIRM_CONTROL, self, due_on=due_on, words=words, url=url, by=by)

    def obstacle_to_decide(self, by: User) -> str | None:
        """Say in one sentence why `by` can neither confirm nor decline it, or None."""
        if self.state != ChangeState.PROPOSED:
            return f"This change of the control is {self.get_state_display().lower()} already."
        if not may_post(by):
            return "Only finance confirms a change of the control."
        if by.pk == self.by_id:
            return "Who proposed a change of the control does not confirm it; another person in finance can."
        return None

    @transaction.atomic
    def confirm(self, *, by: User) -> None:
        """Keep the pool so from now on."""
        by, facts = self._begin(by), self.facts()
        self._decide(ChangeState.CONFIRMED, "confirmed", by=by, reason=self.reason)
        self.pool.keep_as(self, by=by, reason=self.reason, **facts)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, with a reason."""
        by = self._begin(by)
        self._decide(ChangeState.DECLINED, "declined", by=by, reason=reason_given(reason))

    def _begin(self, by: User) -> User:
        """Lock the pool, then the change; who decides is read anew, whatever this request knew."""
        self.pool.lock()
        self.lock()
        by = User.objects.get(pk=by.pk)
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        return by

    def _decide(self, state: ChangeState, verb: str, *, by: User, reason: str) -> None:
        self.state, self.decided_by, self.decided_at = state, by, clock.now()
        self.save(update_fields=["state", "decided_by", "decided_at"])
        self.record(verb, by=by, reason=reason, **self.facts())
        Obligation.objects.meet(CONFIRM_CONTROL, self, by=by)
