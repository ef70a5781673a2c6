"""A delivery: what one file of finance brought that was not known before. It is the measure of the lines that came with it."""

from typing import ClassVar, Self

from django.db import models
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.imports.models import ImportRun
from initiatives.core.models import APPEND_ONLY
from initiatives.core.money import DecimalColumn
from initiatives.duties.models import Obligation
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

MATCH = "funding.match_lines"
DAYS_TO_MATCH = 5


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        """Those who answer for the company's money."""
        return self if user.is_active and user.standing.holds(*SEE_ALL_MONEY) else self.none()

    def to_match(self) -> Self:
        """Those some of whose lines wait to be matched."""
        return self.filter(lines__state="waiting").distinct()


class Delivery(models.Model):
    """One file: how many lines it brought and what they add up to, new ones only. Its lines are counted against it."""

    run = models.OneToOneField(ImportRun, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    count = models.PositiveIntegerField()
    total = DecimalColumn(max_digits=20, decimal_places=2)  # of all currencies as they stand, as a control total is

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = [*APPEND_ONLY]

    def __str__(self) -> str:
        return f"Actuals of {self.at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return f"{reverse('funding:actuals')}?state=waiting&delivery={self.pk}"

    def ask(self, *, by: User | None, words: str = "Match the lines that no initiative was found for") -> None:
        """Ask somebody in finance to match the lines that wait, the others standing in; nobody when none waits."""
        waits = Delivery.objects.to_match().filter(pk=self.pk).exists()
        people = financiers(None, "", Authority()).people if waits else []
        asks = Obligation.objects.about(self).exclude(person__in=people[:1])
        if not waits and by is not None:
            Obligation.objects.meet(MATCH, self, by=by)
        asks.excuse(MATCH, self, by=by, reason="Another person in finance is asked." if waits else "No line waits.")
        if people:
            due_on = working_days_after(people[0].today(), DAYS_TO_MATCH, None)
            url = self.get_absolute_url()
            Obligation.objects.open_for(people, MATCH, self, due_on=due_on, words=words, url=url, by=by)
