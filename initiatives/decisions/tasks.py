"""The doorbell of the decisions. What is due stands in the database; it may ring twice, late or never."""

from celery import shared_task

from initiatives.decisions import beat


@shared_task(name="decisions.ring", ignore_result=True)
def ring() -> None:
    """Every ten minutes: a round whose last day is over is closed, papers of decisions are asked for."""
    beat.ring()
