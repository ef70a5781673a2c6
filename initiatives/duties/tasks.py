"""The doorbells. What is due stands in the database; each of these may run twice, late or never."""

from celery import shared_task

from initiatives.duties import beat, outbox


@shared_task(name="duties.ring", ignore_result=True)
def ring() -> None:
    """Every minute: write the letters that are due, and send."""
    beat.ring()


@shared_task(name="duties.deliver", ignore_result=True)
def deliver() -> None:
    """When a letter was written: send."""
    outbox.deliver_all()
