"""Runs. The file is kept; its rows are stored all together or not at all."""

import hashlib
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from celery import current_app
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.fields import cut
from initiatives.core.imports import ending, reading
from initiatives.core.imports.mapping import Mapping, from_data
from initiatives.core.imports.states import BEFORE, OPEN, ImportRunQuerySet, RunState
from initiatives.core.imports.table import Table
from initiatives.core.imports.targets import AFTERWARDS, TARGETS, Afterwards, Target, page_of
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says

if TYPE_CHECKING:
    from initiatives.organization.models import User


__all__ = ["ImportRun", "ImportRunQuerySet", "RunState", "begin", "same_file_before", "upload"]


class ImportRun(Recorded):
    """One file on its way in: uploaded, mapped, tried, confirmed, run."""

    target = models.CharField(max_length=40)
    name = models.CharField(max_length=200)  # what its owner calls the file
    path = models.CharField(max_length=100, unique=True)  # where it is kept, under a name of ours
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    mapping = models.JSONField(default=dict)
    mapping_name = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)  # written from outside the run's transaction (progress.py)
    seen_at = models.DateTimeField(null=True)  # when the run last showed that it lives
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    failure = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # when the file was taken away; the row stays
    version = models.PositiveIntegerField(default=1)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(state__in=OPEN),
                name=says("one_import_at_a_time", "Another import is waiting or running. Start this one when it has ended."),
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name=says("import_state", "There is no such state.")),
        ]
        indexes: ClassVar = [models.Index(fields=["target", "-id"], name="import_runs_newest")]

    def __str__(self) -> str:
        return f"Import of {self.name}"

    def get_absolute_url(self) -> str:
        return reverse(page_of(self.of, "run"), args=[self.pk])

    def seen_by(self, user: "User") -> bool:
        return self.by_id == user.pk or user.standing.holds("cxo")

    @property
    def of(self) -> Target:
        return TARGETS[self.target]

    @property
    def follows(self) -> Afterwards | None:
        """What is done with its rows, which are stored; None while they are not, and where nothing follows."""
        afterwards = AFTERWARDS.get(self.target)
        return afterwards if afterwards is not None and afterwards.stored(self) else None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def may_change(self) -> bool:
        """Whether its mapping may still be changed."""
        return self.state in BEFORE

    @property
    def percent(self) -> int:
        return 100 * self.rows_done // self.rows if self.rows else 0

    @property
    def tone(self) -> str:
        """How its state is coloured."""
        if self.state == RunState.DONE and self.failure:
            return "warn"
        return {RunState.DONE: "good", RunState.FAILED: "bad", RunState.WAITING: "info", RunState.RUNNING: "info"}.get(
            RunState(self.state), ""
        )

    def table(self, mapping: Mapping | None = None) -> Table:
        """The file as a table, read as the mapping says; Unreadable when it cannot be."""
        source = (mapping or self.mapped()).source
        return reading.read(Path(default_storage.path(self.path)), self.name, source)

    def mapped(self) -> Mapping:
        return from_data(self.mapping, self.of)

    @transaction.atomic
    def clear(self, *, by: "User | None") -> None:
        """Take the file away of an import that came to nothing. The row stays and says so; an unfinished one ends."""
        self.lock()
        if self.removed_at is not None or self.is_open or self.state == RunState.DONE:
            return
        if self.may_change:
            self.state, self.ended_at, self.failure = RunState.CANCELLED, clock.now(), "Nobody finished it in two weeks."
        self.removed_at = clock.now()
        self.save(update_fields=["state", "ended_at", "failure", "removed_at"])
        self.record("cleared", by=by)
        default_storage.delete(self.path)  # gone before the commit: a second try finds nothing and goes on

    def obstacle_to_map(self) -> str | None:
        return None if self.may_change else "This import was confirmed; its mapping is kept as it was. Upload the file again."

    @transaction.atomic
    def map(self, mapping: Mapping, *, name: str = "") -> None:
        """Take over a mapping. What was tried before no longer holds."""
        self.lock()
        if obstacle := self.obstacle_to_map():
            raise RuleBroken(obstacle)
        self.mapping, self.mapping_name = mapping.as_data(), name
        self.state, self.result = RunState.UPLOADED, {}
        self.version += 1
        self.save(update_fields=["mapping", "mapping_name", "state", "result", "version"])

    @transaction.atomic
    def tried(self, result: dict[str, Any]) -> None:
        """Keep what a dry run found."""
        self.lock()
        if obstacle := self.obstacle_to_map():
            raise RuleBroken(obstacle)
        self.state, self.result, self.rows = RunState.CHECKED, result, result["rows"]
        self.save(update_fields=["state", "result", "rows"])

    def obstacle_to_confirm(self) -> str | None:
        """Say in one sentence why this import cannot be run, or None."""
        if self.state != RunState.CHECKED:
            return "Try the import first." if self.state == RunState.UPLOADED else "This import was confirmed already."
        if count := self.result.get("error_count"):
            return (
                f"{count} {'error stands' if count == 1 else 'errors stand'} in the way. Nothing is stored until there is none."
            )
        if not self.rows:
            return "The file holds no rows."
        other = ImportRun.objects.open().into(self.of).exclude(pk=self.pk).select_related("by").first()
        return (
            f"{other} by {other.by} is {other.get_state_display().lower()}. Start this one when it has ended." if other else None
        )

    @transaction.atomic
    def confirm(self, *, by: "User", call: bool = True) -> None:
        """Let it run; whoever confirms first runs first. `call=False`: the caller runs it."""
        self.lock()
        if obstacle := self.obstacle_to_confirm():
            raise RuleBroken(obstacle)
        self.state, self.seen_at, self.confirmed_at = RunState.WAITING, clock.now(), clock.now()
        self.save(update_fields=["state", "seen_at", "confirmed_at"])
        self.record("confirmed", by=by, file=self.name, sha256=self.sha256)
        if call:
            begin(self.pk)

    def obstacle_to_cancel(self) -> str | None:
        if self.state in (RunState.DONE, RunState.FAILED, RunState.CANCELLED):
            return "This import has ended."
        if self.follows:
            return "Its rows are stored already; what follows is not cancelled."
        return "It is being cancelled." if self.cancel_asked else None

    @transaction.atomic
    def cancel(self, *, by: "User") -> None:
        """Stop it: at once if it does not run yet, else before its next row. Nothing of it stays."""
        self.lock()
        if obstacle := self.obstacle_to_cancel():
            raise RuleBroken(obstacle)
        self.cancel_asked = True
        if self.state != RunState.RUNNING:
            self.state, self.ended_at = RunState.CANCELLED, clock.now()
        self.save(update_fields=["cancel_asked", "state", "ended_at"])
        self.record("cancelled", by=by)
        if self.state == RunState.CANCELLED and by.pk != self.by_id:
            ending.tell(self)

    def end(self, state: RunState, *, failure: str = "", result: dict[str, Any] | None = None) -> None:
        """Write down how it ended."""
        self.state, self.failure, self.ended_at = state, failure, clock.now()
        self.result = self.result if result is None else result
        self.save(update_fields=["state", "failure", "ended_at", "result"])
        self.record(str(state), by=self.by, reason=failure)
        ending.tell(self)


def begin(run_id: int) -> None:
    """Call a worker once this transaction has committed. A broker that is away is logged; the next beat calls again."""
    transaction.on_commit(lambda: current_app.send_task("core.run_import", [run_id]), robust=True)


def upload(target: Target, file: File, name: str, *, by: "User") -> ImportRun:  # type: ignore[type-arg]  # of bytes
    """Keep an uploaded file and begin an import of it. A refused file leaves nothing behind."""
    name = cut(Path(name.replace("\\", "/")).name, 190)
    start = file.read(8)
    file.seek(0)
    if obstacle := reading.obstacle_to_read(name, file.size, start):
        raise BadInput(obstacle)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    path = default_storage.save(f"imports/{uuid.uuid4()}", file)
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                target=target.name, name=name, path=path, sha256=digest.hexdigest(), size=file.size, by=by
            )
            run.record("uploaded", by=by, file=name, sha256=run.sha256)
    except BaseException:
        default_storage.delete(path)
        raise
    return run


def same_file_before(run: ImportRun) -> ImportRun | None:
    """The last finished import of this very file, if there is one."""
    return ImportRun.objects.filter(target=run.target, sha256=run.sha256, state=RunState.DONE).exclude(pk=run.pk).last()
