"""The audit trail: one event per change of state, sealed into a hash chain when its transaction commits."""

from datetime import timedelta
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Now

from initiatives.core import clock
from initiatives.core.prepared import prepared
from initiatives.core.rules import RuleBroken, Stale

APPEND_ONLY = (
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
    ),
)


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def newest_first(self) -> Self:
        return self.order_by("-id")


class Event(models.Model):
    """Who did what to which object, when, before and after. Rows are only ever added."""

    at = models.DateTimeField(default=clock.now, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # null: the product
    actor_name = models.CharField(max_length=200)
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=100)  # "portfolio.initiative.launched"
    subject_type = models.CharField(max_length=100)
    subject_id = models.BigIntegerField()
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # {"status": ["funded", "active"]}
    reason = models.TextField(blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id", "-id"], name="event_by_subject")]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.verb} #{self.subject_id}"

    @property
    def act(self) -> str:
        """The last word of the verb: "launched"."""
        return self.verb.rpartition(".")[2]


class Seal(models.Model):
    """One link of the hash chain. Written by the database at commit, under an advisory lock, in commit order.

    digest = SHA-256 over the previous digest and the event's fields; see migration `0002_seal_at_commit`.
    """

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.position}: {self.digest[:12]}"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str) -> None:
        """Remember that `name` gave a sign of life at this instant."""
        self.bulk_create([Heartbeat(name=name, at=Now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"])

    def age(self, name: str) -> timedelta | None:
        """How long ago `name` gave its last sign of life, by the database's clock; None when it never did."""
        ago = ExpressionWrapper(Now() - F("at"), output_field=models.DurationField())
        return self.filter(name=name).annotate(ago=ago).values_list("ago", flat=True).first()


class Heartbeat(models.Model):
    """The last sign of life of a process that nobody else can see: one row each, overwritten."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


@prepared
def _locked(model: type[models.Model], key: int) -> models.QuerySet[Any, dict[str, Any]]:
    rows: models.QuerySet[Any, dict[str, Any]] = model._base_manager.select_for_update(no_key=True).filter(pk=key).values()
    return rows


class Recorded(models.Model):
    """Base of everything people decide about: can be locked, and records what changed since."""

    silent: ClassVar[frozenset[str]] = frozenset()  # fields whose values never enter the audit trail (hashes)
    _before: dict[str, Any] | None = None

    class Meta:
        abstract = True

    def lock(self, *, version: int | None = None) -> None:
        """Lock the row until the transaction ends and take over what others changed meanwhile.

        `version` is what the form was opened with: Stale is raised when the row has moved on since.
        """
        row = next(iter(_locked(type(self), self.pk)), None) if self.pk is not None else None
        if row is None:
            raise RuleBroken("This no longer exists.")
        if version is not None and row["version"] != version:
            raise Stale("Somebody changed this after you opened it. Compare both versions, then save again.")
        for name, value in row.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
        self._before = row

    def record(
        self,
        verb: str,
        *,
        by: Any,
        on_behalf_of: Any = None,
        reason: str = "",
        **more: Any,
    ) -> Event:
        """Add one event: what `by` did to this object, with each field's value before and after.

        Fields are compared with what `lock` saw; `more` adds facts that are not fields. `by=None` is the product itself.
        """
        changes: dict[str, Any] = dict(more)
        if self._before is not None:
            for name, old in self._before.items():
                if name not in self.silent and (new := getattr(self, name)) != old:
                    changes[name] = [old, new]
                    self._before[name] = new
        return Event.objects.create(
            actor=by,
            actor_name=str(by) if by is not None else "cxgov",
            on_behalf_of=on_behalf_of,
            verb=f"{self._meta.label_lower}.{verb}",
            subject_type=self._meta.label_lower,
            subject_id=self.pk,
            changes=changes,
            reason=reason,
        )


from initiatives.core.imports.models import ImportRun  # noqa: E402, F401 - Django looks for models here
from initiatives.core.imports.saved import ImportMapping  # noqa: E402, F401 - Django looks for models here
