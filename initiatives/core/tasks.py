"""Background work of the room core."""

from celery import shared_task

from initiatives.core.models import Heartbeat


@shared_task(name="core.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """Beat, broker and worker all stand behind this row: readiness reads its age."""
    Heartbeat.objects.beat("beat")
