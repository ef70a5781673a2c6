"""What a proposed change of the map is, and the act `propose`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models.change_words import Act, ChangeState, Noun
from initiatives.journey.models.drawn import Drawn, plain
from initiatives.journey.models.map import Channel, MapPolicy, Stage, Touchpoint
from initiatives.journey.models.paths import Journey
from initiatives.journey.models.seen import seen
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

DECIDE = "journey.decide_change"
DRAWN: dict[str, type[Drawn]] = {
    Noun.TOUCHPOINT: Touchpoint,
    Noun.STAGE: Stage,
    Noun.CHANNEL: Channel,
    Noun.JOURNEY: Journey,
}


class MapChangeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those of what this person may know of."""
        if not user.is_active or not user.standing.anywhere:
            return self.none()
        if user.standing.sees_everything:
            return self
        return self.filter(Q(touchpoint=None) | seen(user, "touchpoint__owned__"))

    def waiting(self) -> Self:
        return self.filter(state=ChangeState.PROPOSED)

    def unanswered(self, today: date) -> Self:
        """Still waiting after the last day."""
        return self.waiting().filter(answer_by__lt=today)

    def newest_first(self) -> Self:
        return self.order_by("-proposed_at", "-pk")

    @transaction.atomic
    def propose(self, noun: str, act: str, subject: Drawn | None, values: Mapping[str, Any], *, by: User, reason: str) -> Any:
        """Ask who owns the stage, else the CXO, to make this change. `values`: the fields that become different."""
        if not by.standing.anywhere:
            raise RuleBroken("Only people with a role can propose a change of the map.")
        if not reason.strip():
            raise BadInput("Say why the map should be changed.")
        change = self.model(noun=noun, act=act, proposed_by=by, reason=reason.strip(), answer_by=clock.company_day())
        change.describe(subject, values)
        if obstacle := change.obstacle_to_propose():
            raise RuleBroken(obstacle)
        calendar_of = change.asked_stage.owned.department if change.asked_stage else None
        change.answer_by = working_days_after(change.answer_by, MapPolicy.objects.current().days_to_answer, calendar_of)
        change.save()
        change.ask()
        change.record("proposed", by=by, reason=change.reason)
        return change


class Proposed(Recorded):
    """One proposed change: what would be different, why, and how it was decided.

    before, after  the fields that would change, as plain values; for `split` after holds the parts, for `archive` nothing
    asked_stage    the stage whose owner decides; none: the CXO
    """

    noun = models.CharField(max_length=10, choices=Noun)
    act = models.CharField(max_length=10, choices=Act)
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, null=True, related_name="changes")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="changes")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="changes")
    journey = models.ForeignKey(Journey, models.PROTECT, null=True, related_name="changes")
    asked_stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    answer_by = models.DateField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=2_000, blank=True)  # the reason of declining or withdrawing

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.subject or self.get_noun_display().lower()}"

    def get_absolute_url(self) -> str:
        return reverse("journey:change", args=[self.pk])

    @property
    def subject(self) -> Drawn | None:
        """What it is about; for an addition what came of it."""
        found: Drawn | None = getattr(self, self.noun)
        return found

    @property
    def waits(self) -> bool:
        return self.state == ChangeState.PROPOSED

    # -- Proposing -------------------------------------------------------------------------------------------------------

    def describe(self, subject: Drawn | None, values: Mapping[str, Any]) -> None:
        """Keep what would be different, and whose it is to decide."""
        setattr(self, self.noun, subject)
        after = {name: plain(value) for name, value in values.items()}
        kept = subject.kept() if subject is not None else {}
        if self.act == Act.EDIT:
            self.after = {name: value for name, value in after.items() if value != kept[name]}
            self.before = {name: kept[name] for name in self.after}
        else:
            self.after, self.before = after, kept
        self.asked_stage = values.get("stage") if self.act == Act.ADD else getattr(subject, "stage", None)

    def obstacle_to_propose(self) -> str | None:
        """Say in one sentence why nothing like this can be proposed, or None."""
        subject = self.subject
        if self.act == Act.EDIT and not self.after:
            return "Nothing of it is different."
        if subject is None:
            return None
        return getattr(subject, f"obstacle_to_{self.act}")()  # type: ignore[no-any-return]  # each obstacle says a sentence or nothing

    def ask(self) -> None:
        """Wait for the answer of who owns the stage; of the CXO where nobody does, or where it is no touchpoint."""
        stage = self.asked_stage
        people = stage.owners() if stage else list(User.objects.holding("cxo").in_order())
        if not people:
            raise RuleBroken("Nobody is there who could decide about it: no owner of the stage and no CXO.")
        Obligation.objects.open_for(
            people,
            DECIDE,
            self,
            due_on=self.answer_by,
            words=f"Decide on a change of {self._named()}",
            url=self.get_absolute_url(),
            department=stage.owned.department if stage else None,
            by=self.proposed_by,
        )

    def _named(self) -> str:
        """The subject by its reference only."""
        return str(getattr(self.subject, "reference", "") or f"the map: {self.get_noun_display().lower()}")
