"""A signal: one piece of evidence that a touchpoint fails, raised by anybody, and the voices of those who say "me too"."""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.prepared import prepared
from initiatives.core.rules import RuleBroken, says
from initiatives.core.triggers import with_refusals
from initiatives.journey.models import following, triaging
from initiatives.journey.models.dispositions import Disposed
from initiatives.journey.models.failing_words import MOST_CUSTOMERS, SIGNAL_STEPS, Disposition, Source
from initiatives.journey.models.hanging import alike, all_leave, all_seen, answered_by, hangs_at, in_use
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.ownable import next_reference
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.voices import SignalTouchpoint, Voice
from initiatives.journey.models.words import Kind
from initiatives.organization.models import User

# At commit, for the links are written after the row.
HAS_ITS_TOUCHPOINT = with_refusals(
    """
    IF NOT EXISTS (SELECT FROM journey_signaltouchpoint WHERE signal_id = NEW.id AND touchpoint_id = NEW.touchpoint_id) THEN
        REFUSE signal_has_a_touchpoint;
    END IF;
    RETURN NULL;
    """,
    signal_has_a_touchpoint="A signal is about at least one touchpoint.",
)


class SignalQuerySet(models.QuerySet["Signal"]):
    def visible_to(self, user: User) -> Self:
        """Those of which `user` may know every touchpoint."""
        return self.filter(all_seen(user, SignalTouchpoint, "signal"))

    def exportable_by(self, user: User) -> Self:
        """Of what `user` sees, what may leave the building with them."""
        return self.filter(all_leave(user, SignalTouchpoint, "signal"))

    def open_now(self) -> Self:
        """Waiting for an answer."""
        return self.filter(state=Disposition.OPEN)

    def living(self) -> Self:
        """Waiting, or gathered into a problem: what a new one may say again."""
        return self.filter(state__in=(Disposition.OPEN, Disposition.GATHERED))

    def triaged_by(self, user: User) -> Self:
        """Those about which `user` may decide; agrees with `may_triage`."""
        return self.filter(answered_by(user))

    def of_person(self, user: User) -> Self:
        """Raised by `user`, or supported with a voice."""
        return self.filter(Q(raised_by=user) | Exists(Voice.objects.filter(signal=OuterRef("pk"), person=user)))

    def at(self, touchpoint: str) -> Self:
        """About the touchpoint of this reference, first or among others."""
        return self.filter(Exists(SignalTouchpoint.objects.filter(signal=OuterRef("pk"), touchpoint__reference=touchpoint)))

    def alike(self, title: str, touchpoints: Collection[int]) -> Self:
        """Those that may say the same, the most alike first (see hanging.alike)."""
        return alike(self, title, touchpoints)

    @transaction.atomic
    def raise_signal(
        self,
        *,
        by: User,
        touchpoints: Collection[Touchpoint],
        title: str,
        text: str = "",
        source: str = Source.STAFF,
        observed_on: date | None = None,
        customers: int = 1,
    ) -> "Signal":
        """A new signal about these touchpoints; who answers for the first is asked to say what becomes of it."""
        if not by.standing.anywhere or not all(one.owned.seen_by(by) for one in touchpoints):
            raise RuleBroken("Only people with a role raise signals, on touchpoints that they may see.")
        kept = in_use(touchpoints)
        by.lock()  # sent twice at once, the second sees the first
        signal = self.model(
            reference=next_reference("SIG"),
            touchpoint=kept[0],
            title=title,
            text=text,
            source=source,
            observed_on=observed_on or clock.today(),
            customers=customers,
            raised_by=by,
        )
        if obstacle := signal.obstacle_to_raise():
            raise RuleBroken(obstacle)
        signal.save()
        SignalTouchpoint.objects.bulk_create(SignalTouchpoint(signal=signal, touchpoint=one) for one in kept)
        signal.record("raised", by=by, touchpoints=[one.reference for one in kept])
        triaging.ask_to_triage(signal, by=by)
        following.entered(kept, by)
        return signal


class Signal(Disposed):
    """What was observed, where, when, and how many customers it touched.

    customers  how many met it, as far as is known: the n of the evidence
    """

    title = models.CharField("what fails", max_length=200)
    text = models.TextField("what was observed", max_length=5_000, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.STAFF)
    observed_on = models.DateField("day observed", default=clock.today)
    customers = models.PositiveIntegerField(
        "customers", default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_CUSTOMERS)]
    )
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="signals")
    raised_at = models.DateTimeField(default=clock.now)
    touchpoints = models.ManyToManyField(Touchpoint, through=SignalTouchpoint, related_name="signals")

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=Disposition.values), name=says("signal_state", "There is no such disposition.")
            ),
            models.CheckConstraint(
                condition=Q(state=Disposition.GATHERED, problem__isnull=False)
                | (~Q(state=Disposition.GATHERED) & Q(problem=None)),
                name=says("gathered_into_a_problem", "A signal is gathered into a problem, and into nothing else."),
            ),
            models.CheckConstraint(
                condition=Q(state=Disposition.DUPLICATE, duplicate_of__isnull=False)
                | (~Q(state=Disposition.DUPLICATE) & Q(duplicate_of=None)),
                name=says("duplicate_of_a_signal", "A duplicate is one of another signal."),
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=models.F("id")),
                name=says("no_duplicate_of_itself", "A signal is not its own duplicate."),
            ),
            models.CheckConstraint(
                condition=Q(state=Disposition.OPEN) | (~Q(reason="") & Q(disposed_by__isnull=False)),
                name=says("disposed_with_a_reason", "Give the reason."),
            ),
            models.CheckConstraint(condition=Q(customers__gte=1), name=says("signal_customers", "At least one customer met it.")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-raised_at"], name="signal_by_state"),
            models.Index(fields=["raised_by", "-raised_at"], name="signal_by_author"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="life", field="state", transitions=list(SIGNAL_STEPS)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="has_its_touchpoint",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=HAS_ITS_TOUCHPOINT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("journey:signal", args=[self.reference])

    def seen_by(self, user: User) -> bool:
        """Whether `user` may know of it, asked of what people decided; agrees with `visible_to`."""
        links = self.links.select_related("touchpoint__owned__department")
        return user.standing.anywhere and all(link.touchpoint.owned.seen_by(user) for link in links)

    def obstacle_to_raise(self) -> str | None:
        """Say in one sentence why this cannot be raised as it stands, or None."""
        if self.observed_on > clock.today():
            return "What was observed lies in the past."
        mine = Signal.objects.open_now().filter(raised_by=self.raised_by, touchpoint=self.touchpoint, title__iexact=self.title)
        if (same := mine.exclude(pk=self.pk).first()) is not None:
            return f"You have raised this already: {same.reference}."
        return None

    def people(self) -> list[User]:
        """Who raised it or said "me too", here or in a duplicate of it; each once."""
        here = Signal.objects.filter(Q(pk=self.pk) | Q(duplicate_of=self.pk))
        heard = Q(signals__in=here) | Q(voices__signal__in=here)
        return list(User.objects.filter(heard).distinct().order_by("pk"))

    def obstacle_to_support(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot add a voice, or None."""
        if self.state not in (Disposition.OPEN, Disposition.GATHERED):
            return f"{self.reference} is disposed of already: {self.get_state_display().lower()}."
        if by is not None and by.pk == self.raised_by_id:
            return "You raised this yourself."
        if by is not None and self.voices.filter(person=by).exists():
            return "Your voice counts already."
        return None

    @transaction.atomic
    def support(self, *, by: User, words: str = "") -> None:
        """Say "me too": it counts one more, and who says so hears what becomes of it."""
        self.lock()
        if obstacle := self.obstacle_to_support(by):
            raise RuleBroken(obstacle)
        Voice.objects.create(signal=self, person=by, words=words.strip())
        self.record("supported", by=by)


def triage_follows(owned: OwnedObject) -> None:
    """Somebody else answers for a touchpoint now, for its whole or its stage: the asks about its open signals are theirs."""
    if owned.kind in (Kind.TOUCHPOINT, Kind.STAGE):
        for signal in _open_at(owned):
            triaging.triage_passes_on(signal)


@prepared
def _open_at(owned: OwnedObject) -> models.QuerySet[Signal]:
    along = ("touchpoint__owned", "touchpoint__parent__owned", "touchpoint__stage__owned")
    return Signal.objects.open_now().filter(hangs_at(owned)).select_related(*along).order_by("pk")


following.follow(triage_follows)
