"""An open call: anybody may raise a hand for what nobody owns, for their own department or to keep it for the time being."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.journey.models import asking, following
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.ownership import Ownership
from initiatives.journey.models.proposing import may_ask
from initiatives.journey.models.seen import seen
from initiatives.journey.models.words import State
from initiatives.organization.models import Department, User


def may_call(user: User, owned: OwnedObject) -> bool:
    """CXO and CEO, who keeps it, and who may ask any department to own it."""
    return user.standing.holds("cxo", "ceo") or owned.steward_id == user.pk or may_ask(user, owned)


def obstacle_to_call(owned: OwnedObject, by: User | None = None) -> str | None:
    """Say in one sentence why no call can be opened, or None."""
    if by is not None and not may_call(by, owned):
        return f"Only the CXO, the CEO, or who keeps {owned.reference} opens a call."
    if owned.archived_on is not None:
        return f"{owned.reference} is no longer in use."
    if owned.state == State.OWNED:
        return f"{owned.department} owns {owned.reference}, with {owned.person}."
    if owned.state == State.CONTESTED:
        return f"{owned.reference} is contested; who owns it is ruled on first."
    return f"A call for {owned.reference} is open already." if owned.calls.filter(closed_at=None).exists() else None


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        """Those of what this person may know of."""
        return self.filter(seen(user, "owned__"))

    def open_now(self) -> Self:
        return self.filter(closed_at=None)

    def needless(self) -> Self:
        """Open, although somebody owns the object meanwhile, or it is no longer in use."""
        return self.open_now().filter(Q(owned__state=State.OWNED) | Q(owned__archived_on__isnull=False))

    @transaction.atomic
    def call(self, owned: OwnedObject, *, why: str, offer: str = "", by: User) -> "Call":
        """Ask everybody who would take it on; `offer` says in words what comes with it."""
        owned.lock()
        if obstacle := obstacle_to_call(owned, by):
            raise RuleBroken(obstacle)
        if not why.strip():
            raise BadInput("Say what is to be taken on, and why it matters.")
        call: Call = self.create(owned=owned, opened_by=by, why=why.strip(), offer=offer.strip())
        call.record("opened", by=by, reason=call.why)
        return call


class Call(Recorded):
    """One call, until somebody is chosen or it is closed. The offer is words: this room knows no money."""

    owned = models.ForeignKey(OwnedObject, models.PROTECT, related_name="calls")
    why = models.TextField(max_length=2_000)
    offer = models.TextField(max_length=2_000, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owned"], condition=Q(closed_at=None), name=says("one_open_call", "A call for this is open already.")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="closed_stays_closed", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__closed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"Call for {self.owned.reference}"

    def get_absolute_url(self) -> str:
        return reverse("journey:call", args=[self.pk])

    def obstacle_to_raise(self, by: User | None = None, department: Department | None = None) -> str | None:
        if self.closed_at is not None:
            return "This call is closed."
        if by is None:
            return None
        if department is not None and department.pk not in by.standing.belongs_to:
            return f"You hold no role in {department}."
        return "Your hand is up already." if self.hands.up().filter(person=by).exists() else None

    @transaction.atomic
    def raise_hand(self, *, department: Department | None, words: str, by: User) -> "Hand":
        """Offer to take it on: for a department of one's own, or without one to keep it until a department does."""
        self.lock()
        if obstacle := self.obstacle_to_raise(by, department):
            raise RuleBroken(obstacle)
        if not words.strip():
            raise BadInput("Say in a sentence why you.")
        hand: Hand = self.hands.create(person=by, department=department, words=words.strip())
        self.record("hand_raised", by=by, owner=department.name if department else "", reason=hand.words)
        return hand

    @transaction.atomic
    def lower_hand(self, *, by: User) -> None:
        """Take the offer back."""
        self.lock()
        hand = self.hands.up().filter(person=by).first()
        if hand is None or self.closed_at is not None:
            raise RuleBroken("Your hand is not up.")
        hand.lowered_at = clock.now()
        hand.save(update_fields=["lowered_at"])
        self.record("hand_lowered", by=by)

    def obstacle_to_choose(self, by: User | None = None, hand: "Hand | None" = None) -> str | None:
        if by is not None and not by.standing.holds("cxo", "ceo"):
            return "Only the CXO or the CEO chooses who takes it on."
        if self.closed_at is not None:
            return "This call is closed."
        if hand is None:
            return None
        if hand.lowered_at is not None:
            return f"{hand.person} took the offer back."
        return "Nobody chooses themselves." if by is not None and hand.person_id == by.pk else None

    @transaction.atomic
    def choose(self, hand: "Hand", *, by: User) -> Ownership | None:
        """Take up an offer. A department is asked with this name, and has accepted when its head raised the hand;
        without a department the person keeps the object as its steward, and the call stays open.
        """
        hand.person.lock()
        if hand.department is not None:
            hand.department.lock()
        self.owned.lock()
        self.lock()
        hand.refresh_from_db()
        if obstacle := self.obstacle_to_choose(by, hand) or self._obstacle_of(hand):
            raise RuleBroken(obstacle)
        hand.chosen_at, hand.chosen_by = clock.now(), by
        hand.save(update_fields=["chosen_at", "chosen_by"])
        self.record("chosen", by=by, person=hand.person.name, owner=hand.department.name if hand.department else "")
        if hand.department is None:
            self.owned.become(self.owned.state, department=self.owned.department, steward=hand.person)
            return None
        self._end(by)
        return self._offer(hand, hand.department, by)

    def _obstacle_of(self, hand: "Hand") -> str | None:
        if hand.department is not None:
            return self.owned.obstacle_to_propose(hand.department, None, hand.person)
        if not hand.person.is_active:
            return f"{hand.person} is no longer here."
        return None if self.owned.state in (State.UNOWNED, State.PROPOSED) else f"{self.owned.reference} needs nobody to keep it."

    def _offer(self, hand: "Hand", department: Department, by: User) -> Ownership:
        begin = Ownership.objects.begin
        ownership = begin(self.owned, department, by=by, person=hand.person, why=hand.words)
        asking.owner_is_sought(self.owned, by=by)
        ownership.tell("proposed", by, hand.words)
        if hand.person.standing.heads_department(department.pk):
            ownership.accept(by=hand.person, person=hand.person)
        else:
            asking.ask_to_accept(ownership, by=by)
        return ownership

    def obstacle_to_close(self, by: User | None = None) -> str | None:
        if by is not None and by.pk != self.opened_by_id and not by.standing.holds("cxo", "ceo"):
            return "Only who opened the call, the CXO or the CEO closes it."
        return "This call is closed." if self.closed_at is not None else None

    @transaction.atomic
    def close(self, *, by: User) -> None:
        """Ask no longer."""
        self.lock()
        if obstacle := self.obstacle_to_close(by):
            raise RuleBroken(obstacle)
        self._end(by)
        self.record("closed", by=by)

    @transaction.atomic
    def turn(self) -> bool:
        """Close it when there is nothing to take on any more; returns whether it did. May be tried at any time and twice."""
        self.lock()
        if needless := Call.objects.needless().filter(pk=self.pk).exists():
            self._end(None)
            self.record("closed", by=None)
        return needless

    def _end(self, by: User | None) -> None:
        self.closed_at, self.closed_by = clock.now(), by
        self.save(update_fields=["closed_at", "closed_by"])


def close_with(owned: OwnedObject, by: User, reason: str) -> None:
    """Nobody is called for what is no longer in use."""
    for call in Call.objects.open_now().filter(owned=owned):
        call.turn()


following.when_out_of_use(close_with)


class HandQuerySet(models.QuerySet["Hand"]):
    def up(self) -> Self:
        return self.filter(lowered_at=None)


class Hand(models.Model):
    """One person's offer to take it on."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="hands")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(max_length=2_000)
    at = models.DateTimeField(default=clock.now)
    lowered_at = models.DateTimeField(null=True)
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = HandQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["call", "person"], condition=Q(lowered_at=None), name=says("one_hand_each", "Your hand is up already.")
            ),
            models.CheckConstraint(
                condition=Q(chosen_by=None) | ~Q(chosen_by=models.F("person")),
                name=says("nobody_chooses_themselves", "Nobody chooses themselves."),
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.person} for {self.department}" if self.department else f"{self.person}, for the time being"
