"""Why money moves, who may move it, and how one form acts once: what the ledger and all that stand on it share."""

import hashlib
import json
from datetime import date
from typing import Any, Self, TypedDict
from uuid import UUID, uuid4

from django.db import models
from django.utils.text import Truncator

from initiatives.core import clock
from initiatives.core.prepared import prepared
from initiatives.core.rules import BadInput
from initiatives.organization.models import User

MEMO = 300  # characters


class Act(models.TextChoices):
    """Why money moved."""

    APPROPRIATED = "appropriated", "Appropriated"
    CUT = "cut", "Cut"
    ALLOCATED = "allocated", "Allocated"
    COMMITTED = "committed", "Committed"
    DECOMMITTED = "decommitted", "Decommitted"
    SPENT = "spent", "Spent"
    CREDITED = "credited", "Credited"
    RELEASED = "released", "Released"
    TRANSFERRED = "transferred", "Transferred"
    CARRIED = "carried", "Carried forward"
    BROUGHT = "brought", "Brought forward"
    REVERSED = "reversed", "Reversed"


class More(TypedDict, total=False):
    """What a posting may say besides: the day, which kind of expenditure it is, and why it passes a pool's limit.

    `currency` is that of what several pools pay together; without it the cost object's own.
    """

    on: date | None
    nature: str | None
    because: str
    currency: str


def content_of(act: str, **facts: Any) -> str:
    """The SHA-256 of what a form said, in canonical JSON: two forms with the same key must say the same."""
    text = json.dumps({"act": act, **facts}, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def memo_of(reason: str) -> str:
    """A reason as an entry's memo, which is shorter; the whole of it stands where it was given."""
    return Truncator(reason).chars(MEMO)


class Keyed(models.Model):
    """Something that a form did once: sent again with the same key it is found, not done again."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid4)
    content = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def done_before(cls, by: User, key: UUID | None, content: str) -> Self | None:
        """What this person's form with this key has done already; refused when it said something else then.

        Called after the lock that two copies of the same form both need, so that the second copy finds the first.
        """
        if key is None:
            return None
        done: Self | None = next(iter(_done(cls, by.pk, key)), None)
        if done is not None and done.content != content:
            raise BadInput("This form was already sent with other content. Open the page again to send a new one.")
        return done


@prepared
def _done(model: type[Keyed], by: int, key: UUID) -> models.QuerySet[Any]:
    return model._default_manager.filter(by_id=by, key=key)


def may_post(user: User) -> bool:
    """Finance keeps the ledger; who administers the product has no say over money."""
    return handles_money(user) and user.standing.holds("finance")


def handles_money(user: User) -> bool:
    """Whether this person may act on money at all: an administrator may not, whatever else she is (SoD6)."""
    return user.is_active and not user.standing.holds("administrator")
