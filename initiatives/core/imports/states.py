"""In which states an import may be, and how imports are found."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from initiatives.core.imports.targets import Target

if TYPE_CHECKING:
    from initiatives.core.imports.models import ImportRun  # noqa: F401 - named in the base class
    from initiatives.organization.models import User


class RunState(models.TextChoices):
    UPLOADED = "uploaded", "Being mapped"
    CHECKED = "checked", "Tried, not stored"
    WAITING = "waiting", "Waiting to run"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed: nothing was stored"
    CANCELLED = "cancelled", "Cancelled: nothing was stored"


KEPT_FOR = timedelta(days=14)  # the file of an import that nobody finished, or that came to nothing
OPEN = (RunState.WAITING, RunState.RUNNING)
BEFORE = (RunState.UPLOADED, RunState.CHECKED)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def given_up(self) -> Self:
        """Stored, but what follows did not get to its end: the reason stands beside them."""
        return self.filter(state=RunState.DONE).exclude(failure="")

    def visible_to(self, user: "User") -> Self:
        """One's own; the CXO sees all."""
        return self if user.standing.holds("cxo") else self.filter(by=user)

    def stale(self, now: datetime) -> Self:
        """Those whose file is of no use any more: never finished, cancelled or failed, and so for KEPT_FOR."""
        left = Q(state__in=BEFORE, uploaded_at__lt=now - KEPT_FOR)
        ended = Q(state__in=(RunState.FAILED, RunState.CANCELLED), ended_at__lt=now - KEPT_FOR)
        return self.filter(left | ended, removed_at=None)

    def into(self, target: Target) -> Self:
        return self.filter(target=target.name)

    def open(self) -> Self:
        """Confirmed and not ended: at most one for each target."""
        return self.filter(state__in=OPEN)

    def newest_first(self) -> Self:
        return self.select_related("by").order_by("-id")
