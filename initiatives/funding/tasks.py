"""The clocks of money. What is due stands in the database; each of these may run twice, late or never."""

from celery import shared_task

from initiatives.funding.models import Virement


@shared_task(name="funding.expire", ignore_result=True)
def expire() -> None:
    """Once an hour: close what was not answered in time."""
    Virement.objects.expire_overdue()
