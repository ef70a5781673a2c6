"""What is changed about a pool by two people: one proposes, with a reason, another person in finance confirms."""

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import RuleBroken, Stale, reason_given, says
from initiatives.duties.models import Obligation
from initiatives.funding.models.change_laws import ChangeState
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import may_post
from initiatives.funding.models.withdrawing import Withdrawable
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

DAYS_TO_CONFIRM = 5
Change = TypeVar("Change", bound="PoolChange")


class Difference(NamedTuple):
    words: str
    now: str
    then: str


class PoolChangeQuerySet(models.QuerySet[Change]):
    def visible_to(self, user: User) -> Self:
        """Who sees the pool."""
        return self.filter(pool__in=Pool.objects.visible_to(user))

    def waiting(self) -> Self:
        return self.filter(state=ChangeState.PROPOSED)

    def with_pools(self) -> Self:
        return self.select_related("by", "pool__department", "pool__year")


def one_by_one(name: str) -> list[models.BaseConstraint]:
    """Somebody decided what is decided, and of each pool one such change waits at a time."""
    decided = Q(state=ChangeState.PROPOSED, decided_by=None) | (~Q(state=ChangeState.PROPOSED) & Q(decided_by__isnull=False))
    return [
        models.CheckConstraint(
            condition=decided, name=says(f"{name}_is_decided", "A change of a pool is confirmed or declined by somebody.")
        ),
        models.UniqueConstraint(
            fields=["pool"],
            condition=Q(state=ChangeState.PROPOSED),
            name=says(f"one_{name}_waits", "Such a change of this pool waits already."),
        ),
    ]


class PoolChange(Withdrawable):
    """One thing that shall be otherwise about a pool, from the confirmation on. Each kind says what it is and takes effect."""

    ASK: ClassVar[str]  # the kind of ask that waits for its confirmation
    NOUN: ClassVar[str]  # what it changes: "control"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="%(class)ss")
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.NOUN.capitalize()} of {self.pool}"

    def get_absolute_url(self) -> str:
        return f"{reverse('funding:pool', args=[self.pool_id])}#changes"

    @property
    def called(self) -> str:
        """What a sentence calls it."""
        return f"change of the {self.NOUN}"

    @property
    def confirm_url(self) -> str:
        return reverse(f"funding:{self.NOUN}_confirm", args=[self.pk])

    @property
    def decline_url(self) -> str:
        return reverse(f"funding:{self.NOUN}_decline", args=[self.pk])

    if TYPE_CHECKING:  # of each kind

        @property
        def shown(self) -> str:
            """What of the pool a person confirms it on: when that is otherwise by now, it is looked at again."""

        def differences(self) -> list[Difference]:
            """What would be otherwise than now."""

        def take_effect(self, by: User, facts: dict[str, Any]) -> None:
            """Change the pool: a part of the confirmation, which has locked it."""

    def obstacle_to_take_effect(self) -> str | None:
        """Say in one sentence why the pool cannot be changed so now, or None."""
        return None

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        what = "; ".join(f"{words}: {now} → {then}" for words, now, then in self.differences())
        return {"pool": str(self.pool), "what": what}

    def ask(self, *, by: User | None) -> None:
        """Ask the others in finance to confirm it."""
        people = financiers(None, "", Authority(), without={self.by_id}).people
        asks = Obligation.objects.about(self).exclude(person__in=people[:1])
        asks.excuse(self.ASK, self, by=by, reason="Another person is asked.")
        due_on = working_days_after(clock.today(), DAYS_TO_CONFIRM)
        words, url = f"Confirm the {self.called} of {self.pool}", self.get_absolute_url()
        Obligation.objects.open_for(people, self.ASK, self, due_on=due_on, words=words, url=url, by=by)

    # -- acts ------------------------------------------------------------------------------------------------------------

    def begin(self, by: User) -> None:
        """Write down what was proposed, and ask the others; the last part of each kind's own `propose`."""
        self.record("proposed", by=by, reason=self.reason, **self.facts())
        self.ask(by=by)

    def obstacle_to_decide(self, by: User) -> str | None:
        """Say in one sentence why `by` can neither confirm nor decline it, or None."""
        if self.state != ChangeState.PROPOSED:
            return f"This {self.called} is {self.get_state_display().lower()} already."
        if not may_post(by):
            return f"Only finance confirms a {self.called}."
        if by.pk == self.by_id:
            return f"Who proposed a {self.called} does not confirm it; another person in finance can."
        return None

    @transaction.atomic
    def confirm(self, *, by: User, shown: str | None = None) -> None:
        """Let it hold from now on. `shown` is what the page of who confirms showed of the pool."""
        by = self._lock(by)
        if shown is not None and shown != self.shown:
            raise Stale("The pool changed after you opened the page. Look at it again before you confirm.")
        if obstacle := self.obstacle_to_take_effect():
            raise RuleBroken(obstacle)
        facts = self.facts()
        self._decide(ChangeState.CONFIRMED, "confirmed", by, self.reason, facts)
        self.take_effect(by, facts)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, with a reason."""
        by = self._lock(by)
        self._decide(ChangeState.DECLINED, "declined", by, reason_given(reason), self.facts())

    def _lock(self, by: User) -> User:
        """Who decides is read anew, whatever this request knew."""
        self.lock_what_it_changes()
        by = User.objects.get(pk=by.pk)
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        return by

    def lock_what_it_changes(self) -> None:
        """The pool, then the change."""
        self.lock_pools()
        self.lock()

    def lock_pools(self) -> None:
        self.pool.lock()

    def taken_back(self, by: User, reason: str) -> None:
        self._decide(ChangeState.WITHDRAWN, "withdrawn", by, reason, self.facts())

    def _decide(self, state: ChangeState, verb: str, by: User, reason: str, facts: dict[str, Any]) -> None:
        self.state, self.decided_by, self.decided_at = state, by, clock.now()
        self.save(update_fields=["state", "decided_by", "decided_at"])
        self.record(verb, by=by, reason=reason, **facts)
        Obligation.objects.meet(self.ASK, self, by=by)
