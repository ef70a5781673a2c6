"""The doorbells of the room core. What is due stands in the database; each may ring twice, late or never."""

from celery import shared_task

from initiatives.core.imports import running
from initiatives.core.models import Heartbeat


@shared_task(name="core.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """Beat, broker and worker all stand behind this row: readiness reads its age."""
    Heartbeat.objects.beat("beat")


@shared_task(name="core.run_import", ignore_result=True)
def run_import(run_id: int) -> None:
    """Run a confirmed import, unless somebody else does already."""
    running.run(run_id)


@shared_task(name="core.ring_imports", ignore_result=True)
def ring_imports() -> None:
    """Begin imports whose doorbell was lost, and those whose worker died."""
    running.ring()


@shared_task(name="core.clear_imports", ignore_result=True)
def clear_imports() -> None:
    """Take away the files of imports that nobody finished or that came to nothing."""
    running.clear_stale()
