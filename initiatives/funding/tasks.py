"""The clocks of money. What is due stands in the database; each of these may run twice, late or never."""

from celery import shared_task

from initiatives.funding import alerts, news
from initiatives.funding.imports import again
from initiatives.funding.models import FundingRequest, Virement, idle


@shared_task(name="funding.expire", ignore_result=True)
def expire() -> None:
    """Once an hour: close what was not answered in time; ask who decides since roles, limits or delegates began or ended."""
    Virement.objects.expire_overdue()
    FundingRequest.objects.expire_overdue()
    FundingRequest.objects.ask_anew(None)
    Virement.objects.ask_anew(None)


@shared_task(name="funding.try_again", ignore_result=True)
def try_again() -> None:
    """Once a minute: post the lines of finance's files that waited for what is there by now."""
    again.try_again()


@shared_task(name="funding.tell", ignore_result=True)
def tell() -> None:
    """Once an hour: write of yesterday's changes of budgets and of alert levels that are passed, ask for money that lies idle."""
    news.tell()
    alerts.tell()
    idle.propose()
