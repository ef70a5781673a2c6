"""The outbox: a letter is a row before it is a mail, in the transaction of the act that it tells about."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Case, F, Min, Q, When
from django.db.models.functions import Coalesce

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.organization.models import User

TRIES = 5
LEASE = timedelta(minutes=2)  # longer than one SMTP conversation with every step at its time-out


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"
    DROPPED = "dropped", "Not needed any more"


def new_message_id() -> str:
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> Self:
        """Administrators see to it that mail arrives. They see to whom and why not, and not what it says."""
        return self if user.is_active and user.standing.holds("administrator") else self.none()

    def given_up(self) -> Self:
        return self.filter(state=State.DEAD)

    def waiting(self) -> Self:
        return self.filter(state__in=(State.QUEUED, State.SENDING))

    def due(self, now: datetime) -> Self:
        """To be sent now: queued and its time has come, or taken up by a sender whose lease has run out."""
        return self.filter(Q(state=State.QUEUED, next_try_at__lte=now) | Q(state=State.SENDING, leased_until__lte=now))

    def next_due(self, *, after: datetime) -> datetime | None:
        """The first instant later than `after` at which a letter will be due, as things stand."""
        tries = self.waiting().annotate(due_at=Coalesce("leased_until", "next_try_at"))
        found: datetime | None = tries.filter(due_at__gt=after).aggregate(first=Min("due_at"))["first"]
        return found

    def enqueue(self, letters: list["Letter"]) -> list["Letter"]:
        """Insert letters, except those whose key was already used; returns the inserted ones."""
        self.bulk_create(letters, ignore_conflicts=True)
        return list(self.filter(message_id__in=[letter.message_id for letter in letters]).order_by("id"))

    @transaction.atomic
    def claim(self, limit: int, *, now: datetime) -> list["Letter"]:
        """Take up to `limit` letters for this sender alone; two senders never get the same one while a lease lasts."""
        vanished = Q(state=State.SENDING, started_at__isnull=False)  # its sender did, in the middle of it
        self.due(now).filter(vanished, attempts__gte=TRIES).update(
            state=State.DEAD, reason=f"Each of {TRIES} tries ended its sender.", in_doubt=True, leased_until=None
        )
        free = self.due(now).order_by("next_try_at", "id").select_for_update(skip_locked=True)[:limit]
        taken = self.filter(pk__in=[letter.pk for letter in free])
        taken.update(
            in_doubt=Case(When(vanished, then=True), default=F("in_doubt")),
            state=State.SENDING,
            leased_until=now + LEASE,
            started_at=None,
        )
        return list(taken.order_by("next_try_at", "id"))

    def give_back(self, reason: str) -> int:
        """Nothing was tried, for no fault of the letters (no mail server): queue them again, uncounted."""
        return self.filter(state=State.SENDING).update(state=State.QUEUED, reason=reason, leased_until=None)

    def drop(self, reason: str) -> int:
        """These are not sent any more, for this reason."""
        return self.filter(state=State.QUEUED).update(state=State.DROPPED, reason=reason, context={}, leased_until=None)


class Letter(Recorded):
    """One mail to one reader. `context` holds ids and plain values for the template, until it was sent or is not needed.

    queued → sending (leased) → sent, dead (after TRIES tries) or dropped (the reader left, may not see it, answered).
    `in_doubt`: a sender vanished with it, so that the reader may get it twice, with the same Message-ID.
    """

    template = models.CharField(max_length=60)
    recipient = models.ForeignKey(User, models.PROTECT, null=True, related_name="letters")
    address = models.EmailField(max_length=254, blank=True)  # of somebody who is not a user yet
    key = models.CharField(max_length=200)
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    message_id = models.CharField(max_length=200, unique=True, default=new_message_id)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    reason = models.TextField(blank=True)
    in_doubt = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    written_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)  # of the try that is running
    sent_at = models.DateTimeField(null=True)

    silent: ClassVar[frozenset[str]] = frozenset({"context"})

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name=says("one_letter_per_key", "This letter was already written.")),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="") | (Q(recipient=None) & ~Q(address="")),
                name=says("letter_has_one_reader", "A letter goes to one person or to one address."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at=None)),
                name=says("letter_sent_at_an_instant", "A letter has an instant of sending exactly when it was sent."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENDING, leased_until__isnull=False) | (~Q(state=State.SENDING) & Q(leased_until=None)),
                name=says("letter_leased_while_sending", "A letter is leased exactly while it is being sent."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(state__in=("queued", "sending")), name="letters_to_send"),
            models.Index(fields=["-id"], condition=Q(state="dead"), name="letters_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient or self.address}"

    def _mine(self) -> LetterQuerySet:
        """This row, as long as this sender holds it: whoever takes it up later sets a later lease."""
        return Letter.objects.filter(pk=self.pk, state=State.SENDING, leased_until=self.leased_until)

    def hold(self, *, now: datetime) -> bool:
        """Begin a try: renew the lease and count the try, in the row, so that one that kills its sender is counted too.

        False when another sender has taken the letter up meanwhile.
        """
        if not self._mine().update(leased_until=now + LEASE, attempts=F("attempts") + 1, started_at=now):
            return False
        self.leased_until, self.attempts = now + LEASE, self.attempts + 1
        return True

    def obstacle_to_send_again(self) -> str | None:
        """Say in one sentence why this letter cannot be sent again, or None."""
        if self.state != State.DEAD:
            return "This letter was not given up."
        if self.recipient is not None and not self.recipient.is_active:
            return f"{self.recipient} has left."
        return None

    @transaction.atomic
    def send_again(self, *, by: User) -> None:
        """Let it be tried anew, from the first try on. Whether it may still be sent is asked again, as for every letter."""
        self.lock()
        if obstacle := self.obstacle_to_send_again():
            raise RuleBroken(obstacle)
        self.state, self.attempts, self.next_try_at = State.QUEUED, 0, clock.now()
        self.save(update_fields=["state", "attempts", "next_try_at"])
        self.record("sent_again", by=by, template=self.template)

    def mark_sent(self, *, now: datetime) -> None:
        self._mine().update(state=State.SENT, sent_at=now, leased_until=None, context={}, reason="")

    def mark_dropped(self, reason: str) -> None:
        self._mine().update(state=State.DROPPED, reason=reason, leased_until=None, context={})

    def mark_failed(self, reason: str, *, now: datetime) -> None:
        """Try again in 1, 5, 25, 125 minutes; after TRIES tries it is dead, and an administrator reads why."""
        if self.attempts >= TRIES:
            self._mine().update(state=State.DEAD, reason=reason, leased_until=None)
        else:
            later = now + timedelta(minutes=5 ** (self.attempts - 1))
            self._mine().update(state=State.QUEUED, reason=reason, leased_until=None, started_at=None, next_try_at=later)
