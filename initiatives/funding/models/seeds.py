"""Seeds: a little money for an experiment, by a short way. The pool's department decides alone, within five working days.

Finance says for each pool up to which amount it is not asked, for all seeds of an initiative together; sliced requests add up.
"""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q, Sum

from initiatives.core import clock
from initiatives.duties.models import Obligation, Outcome
from initiatives.funding import above
from initiatives.funding.models.deciders import Authority, Line, holders
from initiatives.funding.models.papers import RequestLine, State
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.requested import Requested

ASK = "funding.approve_request"


class Seeded(Requested):
    """Whether a request is for a seed, and what is different then."""

    seed = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True

    def sown(self) -> Decimal:
        """What was given and is asked for as seed for the same, this request counted, from whichever pool."""
        seeds = RequestLine.objects.filter(request__cost_object=self.cost_object_id, request__seed=True)
        counted = Q(request=self.pk) | Q(request__state__in=(State.SUBMITTED, State.RETURNED, State.ALLOCATED))
        return seeds.filter(counted).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)

    def obstacle_to_sow(self) -> str | None:
        """Say that the experiment of a seed does not run any more, or None."""
        over = self.seed and above.tested(self.cost_object) is None
        return "A seed is for an experiment that runs; none runs now." if over else None

    def obstacle_to_seed(self) -> str | None:
        """Say in one sentence why this is not asked for as a seed, or None."""
        if said := self.obstacle_to_sow():
            return said
        lines = self.lines_with_pools()
        if len({line.pool_id for line in lines}) != 1:
            return "A seed comes from one pool."
        if self.currency != self.cost_object.currency:
            return f"Seeds are added up, in {self.cost_object.currency}; ask for an ordinary request."
        pool, sown = lines[0].pool, self.sown()
        if not pool.seed_limit:
            return f"{pool} gives no seeds; ask for an ordinary request."
        if sown > pool.seed_limit:
            limit = f"{pool.seed_limit:,.2f} {pool.currency}"
            return f"{pool} gives at most {limit} as seed, all seeds added up; with this they are {sown:,.2f}."
        return None

    def needs_finance(self, lines: Iterable[RequestLine]) -> bool:
        """Whether finance has a say: always, but for a seed within what its pool gives today."""
        return not (self.seed and all(self.sown() <= line.pool.seed_limit for line in lines))

    def decide_by(self) -> date | None:
        """The day by which somebody is asked to decide, or was when the last approval was given; None: nobody is."""
        asks = Obligation.objects.about(self).filter(kind=ASK, outcome__in=(Outcome.OPEN, Outcome.MET))
        return asks.order_by("due_on").values_list("due_on", flat=True).first()

    def is_late(self) -> bool:
        """Whether that day is over, and so the next in line above decides as well."""
        return (due := self.decide_by()) is not None and due < clock.company_day()

    def holders_of(self, pool: Pool, amount: Decimal, authority: Authority, *, without: Collection[int]) -> Line:
        """Who decides for the pool. About a seed that waits too long the next in line above decides as well."""
        first = holders(pool, amount, authority, without=without)
        if not (self.seed and self.is_late()):
            return first
        then = holders(pool, amount, authority, without={*without, *(person.pk for person in first.people)})
        people = [*first.people, *then.people]
        passed = [person for person in dict.fromkeys([*first.passed, *then.passed]) if person not in people]
        return Line(people, passed, {**then.acting, **first.acting}, {**then.limits, **first.limits})
