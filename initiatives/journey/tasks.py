"""The doorbell of the journey. What is due stands in the database; it may ring twice, late or never."""

from celery import shared_task

from initiatives.journey import beat


@shared_task(name="journey.ring", ignore_result=True)
def ring() -> None:
    """Every minute: what was not answered in time lapses."""
    beat.ring()
