"""The doorbells. What is due stands in the database; each of these may run twice, late or never."""

from celery import shared_task

from initiatives.duties import outbox


@shared_task(name="duties.deliver", ignore_result=True)
def deliver() -> None:
    outbox.deliver()
