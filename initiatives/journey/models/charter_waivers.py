"""The CEO may let money be asked for although no charter is ratified: with a reason that everybody reads."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.journey.models.charter import CharterVersion
from initiatives.organization.models import User


class CharterWaiverQuerySet(models.QuerySet["CharterWaiver"]):
    def running(self) -> Self:
        return self.filter(ended_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def the_running(self) -> "CharterWaiver":
        """The running one, else the last one, which says that it has ended."""
        return self.running().first() or self.newest_first().first() or CharterWaiver()

    def obstacle_to_waive(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot waive the charter, or None."""
        if by is not None and not by.standing.holds("ceo"):
            return "Only the CEO waives the charter."
        if charter := CharterVersion.objects.ratified():
            return f"{charter} is ratified; there is nothing to waive."
        return "The charter is waived already." if self.running().exists() else None

    @transaction.atomic
    def waive(self, *, reason: str, by: User) -> "CharterWaiver":
        """Let departments ask for money without a ratified charter, from now until it is ended."""
        if not reason.strip():
            raise BadInput("Say why money may be asked for without a ratified charter.")
        if obstacle := self.obstacle_to_waive(by):
            raise RuleBroken(obstacle)
        waiver = self.create(by=by, reason=reason.strip())
        waiver.record("waived", by=by, reason=waiver.reason)
        return waiver


class CharterWaiver(Recorded):
    """One waiver, its reason, and when it ended. It says nothing about the charter itself."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.TextField(max_length=2_000)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = CharterWaiverQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at=None), name=says("one_charter_waiver", "The charter is waived already.")
            ),
            models.CheckConstraint(condition=~Q(reason=""), name=says("waived_with_a_reason", "Say why the charter is waived.")),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["ended_by", "ended_at"]),
            pgtrigger.Protect(name="ended_once", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"Waived by {self.by}"

    def obstacle_to_end(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot end the waiver, or None."""
        if by is not None and not by.standing.holds("ceo"):
            return "Only the CEO ends a waiver."
        return None if self.ended_at is None else "This waiver has ended."

    @transaction.atomic
    def end(self, *, by: User) -> None:
        """Money waits for a ratified charter again."""
        self.lock()
        if obstacle := self.obstacle_to_end(by):
            raise RuleBroken(obstacle)
        self.ended_by, self.ended_at = by, clock.now()
        self.save(update_fields=["ended_by", "ended_at"])
        self.record("ended", by=by)
