"""The decision log: which recorded acts are decisions, and what was weighed when they were taken."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Event, EventQuerySet
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.decisions.models.ranking import Ranking
from initiatives.decisions.models.scenarios import Scenario
from initiatives.duties.models import Obligation
from initiatives.funding.models import BudgetChange, CarryOver, ControlChange, CostObject, FundingRequest, Virement
from initiatives.journey.models import CharterVersion, Contest, OwnedObject
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative

REVIEW = "decisions.review"
WEIGH = "decisions.weigh"


class Logged(NamedTuple):
    """The model that is decided about, what of it a person may read about, its deciding acts, and what those are called."""

    model: type[models.Model]
    seen_by: Callable[[User], models.QuerySet[Any]]
    acts: Mapping[str, str]

    @property
    def subject_type(self) -> str:
        return self.model._meta.label_lower

    def verbs(self) -> dict[str, str]:
        return {f"{self.subject_type}.{act}": words for act, words in self.acts.items()}


def requests_with_words(user: User) -> models.QuerySet[FundingRequest]:
    """Requests whose words this person may read; others, such as finance, see the amounts of a hidden initiative alone."""
    return FundingRequest.objects.visible_to(user).filter(cost_object__initiative__in=Initiative.objects.visible_to(user))


def money_with_words(user: User) -> models.QuerySet[CostObject]:
    """Cost objects whose amounts this person may read, and what they stand for."""
    return CostObject.objects.visible_to(user).filter(initiative__in=Initiative.objects.visible_to(user))


LOG = (
    Logged(FundingRequest, requests_with_words, {"allocated": "Money", "declined": "Money", "exempted": "Override"}),
    Logged(CostObject, money_with_words, {"let_pass": "Override"}),
    Logged(Virement, Virement.objects.visible_to, {"made": "Money", "declined": "Money"}),
    Logged(BudgetChange, BudgetChange.objects.visible_to, {"confirmed": "Pool", "declined": "Pool"}),
    Logged(CarryOver, CarryOver.objects.visible_to, {"confirmed": "Pool", "declined": "Pool"}),
    Logged(ControlChange, ControlChange.objects.visible_to, {"confirmed": "Pool", "declined": "Pool"}),
    Logged(
        Initiative,
        Initiative.objects.visible_to,
        {
            "gate_decided": "Gate",
            "baseline_approved": "Baseline",
            "baseline_declined": "Baseline",
            **dict.fromkeys(("declined", "cancelled", "paused"), "Portfolio"),
        },
    ),
    Logged(Ranking, Ranking.objects.visible_to, {"published": "Ranking"}),
    Logged(Scenario, Scenario.objects.visible_to, {"approved": "Plan"}),
    Logged(Contest, Contest.objects.visible_to, {"ruled": "Ownership"}),
    Logged(OwnedObject, OwnedObject.objects.visible_to, {"assigned": "Ownership"}),
    Logged(CharterVersion, CharterVersion.objects.visible_to, {"ratified": "Charter"}),
)
ALONG: Mapping[type[models.Model], tuple[str, ...]] = {
    FundingRequest: ("cost_object__initiative",),
    CostObject: ("initiative",),
    BudgetChange: ("pool__department", "pool__year"),
    CarryOver: ("pool__department", "pool__year"),
    ControlChange: ("pool__department", "pool__year"),
}
VERBS = {verb: words for logged in LOG for verb, words in logged.verbs().items()}
KINDS = tuple(dict.fromkeys(VERBS.values()))


def decisions(user: User) -> EventQuerySet:
    """The events that are decisions about something that this person may see."""
    seen = Q(pk__in=[])
    if user.is_active:
        for logged in LOG:
            subjects = logged.seen_by(user).values("pk")
            seen |= Q(verb__in=logged.verbs(), subject_type=logged.subject_type, subject_id__in=subjects)
    return Event.objects.filter(verb__in=VERBS).filter(seen)


def is_seen(event: Event, user: User) -> bool:
    """Whether it is one of this person's `decisions`: asked of its own kind alone, a tenth of asking of all."""
    kinds = (logged for logged in LOG if event.verb in logged.verbs())
    return user.is_active and any(logged.seen_by(user).filter(pk=event.subject_id).exists() for logged in kinds)


def subjects_of(events: list[Event]) -> dict[int, models.Model]:
    """What each event decided about, by the event's id; one query for each kind."""
    found: dict[int, models.Model] = {}
    for logged in LOG:
        mine = [event for event in events if event.subject_type == logged.subject_type]
        along = ALONG.get(logged.model, ())
        known = logged.model._default_manager.select_related(*along) if along else logged.model._default_manager.all()
        rows = known.in_bulk([event.subject_id for event in mine]) if mine else {}
        found |= {event.pk: rows[event.subject_id] for event in mine}
    return found


def decided_by(event: Event, user: User) -> bool:
    return user.pk in (event.actor_id, event.on_behalf_of_id)


def obstacle_to_weigh(event: Event, by: User) -> str | None:
    """Say in one sentence why `by` cannot add to what was weighed, or None."""
    if by.is_active and (decided_by(event, by) or by.standing.holds("cxo")):
        return None
    return f"Only {event.actor_name}, who decided, or the CXO says what was weighed."


class PaperQuerySet(models.QuerySet["Paper"]):
    def newest(self) -> Self:
        """Of each decision the last one, which counts."""
        later = Paper.objects.filter(event=OuterRef("event"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))

    def about(self, event: Event) -> Self:
        return self.filter(event=event).order_by("-id")

    def visible_to(self, user: User) -> Self:
        return self.filter(event__in=decisions(user).values("pk"))

    def to_review(self) -> Self:
        """The last word on its decision, with a day of review, and not reviewed."""
        return self.newest().exclude(review_on=None).filter(outcome="")  # the row of a review is newer than what it reviews

    @transaction.atomic
    def review(self, event: Event, *, outcome: str, words: str, by: User) -> "Paper":
        """Say whether the decision stands, and why: the review that is due, of its newest paper."""
        newest = self.about(event).first()
        if newest is None:
            raise RuleBroken("No review of this decision is due.")
        return newest.review(outcome=outcome, words=words, by=by)

    @transaction.atomic
    def weigh(
        self, event: Event, *, rationale: str, options: str = "", dissent: str = "", review_on: date | None = None, by: User
    ) -> "Paper":
        """Write down why it was decided so, what else could have been done, who disagreed, and when to look at it again."""
        if obstacle := obstacle_to_weigh(event, by):
            raise RuleBroken(obstacle)
        if not rationale.strip():
            raise BadInput("Say why it was decided so.")
        if review_on is not None and review_on <= by.today():
            raise BadInput("Name a day after today.")
        self.end_reviews(event, by)
        paper = self.create(
            event=event, rationale=rationale.strip(), options=options.strip(), dissent=dissent.strip(), review_on=review_on, by=by
        )
        if review_on is not None:
            paper.ask_to_review(event.actor or by, by)
            Obligation.objects.meet(WEIGH, event, by=by)
        return paper

    def end_reviews(self, event: Event, by: User) -> None:
        for paper in self.about(event).exclude(review_on=None):
            Obligation.objects.excuse(REVIEW, paper, by=by, reason="A newer paper says when.")


class Outcome(models.TextChoices):
    """What a review of a decision found."""

    NONE = "", "Not reviewed"
    KEPT = "kept", "It stands"
    CHANGED = "changed", "It is decided anew"


class Paper(models.Model):
    """What was weighed when something was decided. Rows are only ever added: the newest counts, the others are its history.

    outcome, reviews  what a review found about which paper, on the row that the review added; empty on all others
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="papers")
    rationale = models.TextField(max_length=5_000)
    options = models.TextField(max_length=5_000, blank=True)
    dissent = models.TextField(max_length=5_000, blank=True)
    review_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.NONE, blank=True)
    reviews = models.OneToOneField("self", models.PROTECT, null=True, related_name="review_of")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", reviews=None) | (~Q(outcome="") & Q(reviews__isnull=False)),
                name=says("a_review_reviews", "A review says of which paper it is, and what it found."),
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Paper of {self.at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("decisions:decision", args=[self.event_id])

    def ask_to_review(self, person: User, by: User) -> None:
        """Wait on the day of review for the word of who decided."""
        assert self.review_on is not None
        words, url = f"Review the decision of {self.event.at:%-d %b %Y}", self.get_absolute_url()
        Obligation.objects.open(REVIEW, self, person=person, due_on=self.review_on, words=words, url=url, by=by)

    def obstacle_to_review(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot say what the review found, or None."""
        if obstacle := obstacle_to_weigh(self.event, by):
            return obstacle
        if not Paper.objects.to_review().filter(pk=self.pk).exists():
            return "No review of this decision is due."
        return None

    @transaction.atomic
    def review(self, *, outcome: str, words: str, by: User) -> "Paper":
        """Say whether the decision stands, and why."""
        if obstacle := self.obstacle_to_review(by):
            raise RuleBroken(obstacle)
        if outcome not in (Outcome.KEPT, Outcome.CHANGED) or not words.strip():
            raise BadInput("Say whether it stands, and why.")
        Obligation.objects.meet(REVIEW, self, by=by)
        kept = {"event": self.event, "options": self.options, "dissent": self.dissent}
        return Paper.objects.create(**kept, rationale=words.strip(), outcome=outcome, reviews=self, by=by)
