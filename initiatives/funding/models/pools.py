"""The pools of money that departments and the company have for a fiscal year."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.functions import Lower
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.money import A_CURRENCY, AmountColumn
from initiatives.core.rules import says
from initiatives.funding import above
from initiatives.funding.models.change_laws import KEPT_AS_CONFIRMED
from initiatives.funding.models.keeping import Control, Kept, PostingControl, rising
from initiatives.funding.models.natures import A_NATURE, PAYS_ITS_KIND
from initiatives.funding.models.triggers import NEVER_DELETED, kept_by_the_database, never_changes
from initiatives.funding.models.years import FiscalYear
from initiatives.organization.models import Department, User
from initiatives.organization.purview import SEE_ALL_MONEY, purview

if TYPE_CHECKING:
    from initiatives.funding.models.cost_objects import CostObject

IN_ORDER = (F("department__name").asc(nulls_first=True), "name", "id")
ROLLUPS = ("appropriated", "free", "asked", "allocated", "committed", "spent")


class PoolQuerySet(models.QuerySet["Pool"]):
    def visible_to(self, user: User) -> Self:
        """Pools of the departments that the person leads, or all for those who answer for the company's money."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        return self.filter(department__in=purview(user))

    def of_year(self, year: FiscalYear) -> Self:
        return self.filter(year=year)

    def given_to(self, cost_object: "CostObject") -> Self:
        """Pools that gave money to this cost object."""
        return self.filter(accounts__cost_object=cost_object).distinct()

    def open_to_requests(self, cost_object: "CostObject") -> Self:
        """Pools that can be asked for money now: of years that are not over, those in the cost object's currency first."""
        other = Case(When(currency=cost_object.currency, then=Value("")), default=F("currency"))
        return self.filter(year__ends__gte=clock.today()).in_order().order_by(other, *IN_ORDER)

    def sowing(self, cost_object: "CostObject") -> Self:
        """Those that give seeds for it now: in its currency, while an experiment of it runs."""
        if above.tested(cost_object) is None:
            return self.none()
        return self.open_to_requests(cost_object).filter(seed_limit__gt=0, currency=cost_object.currency)

    def following(self, pool: "Pool") -> "Pool | None":
        """The same pool of the year that follows: of its department, name, currency and kind of expenditure."""
        year = FiscalYear.objects.filter(starts__gt=pool.year.ends).order_by("starts").first()
        same = {"department": pool.department_id, "name__iexact": pool.name, "currency": pool.currency, "nature": pool.nature}
        return self.select_related("year", "department").filter(year=year, **same).first() if year else None

    def in_order(self) -> Self:
        """The central pool first, then by department; the plain pool before those with a name."""
        return self.select_related("year", "department").order_by(*IN_ORDER)

    def totals(self) -> dict[str, Decimal]:
        """The sum of each figure over these pools."""
        sums = self.aggregate(**{name: Sum(name) for name in ROLLUPS})
        return {name: value or Decimal(0) for name, value in sums.items()}


class Pool(Kept):
    """The money of one department, or the company's central money, for one fiscal year, in one currency.

    A department has its plain pool, which has no name, and others beside it that say by their name what they are for.

    The database keeps the figures with every transfer: `appropriated` = `free` + `allocated`; `allocated` is all that was
    given to cost objects, `committed` and `spent` are the parts of it that are promised and paid; `asked` is what requests
    ask for that are not decided yet.
    """

    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="pools")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="pools")
    name = models.CharField(max_length=60, blank=True, default="", db_default="")
    currency = models.CharField(max_length=3, default=settings.CURRENCY)
    appropriated = AmountColumn(default=Decimal(0), editable=False)
    free = AmountColumn(default=Decimal(0), editable=False)
    asked = AmountColumn(default=Decimal(0), editable=False)
    allocated = AmountColumn(default=Decimal(0), editable=False)
    committed = AmountColumn(default=Decimal(0), editable=False)
    spent = AmountColumn(default=Decimal(0), editable=False)

    objects = PoolQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "year",
                "department",
                Lower("name"),
                nulls_distinct=False,
                name=says("one_pool_of_a_name", "This department already has a pool of this name in this year."),
            ),
            models.CheckConstraint(
                condition=A_CURRENCY,
                name=says("a_real_currency", "A currency is written with its three letters, such as EUR."),
            ),
            models.CheckConstraint(
                condition=Q(free__gte=0, asked__gte=0, committed__gte=0, spent__gte=0, allocated__gte=F("committed") + F("spent"))
                & Q(appropriated=F("free") + F("allocated")),
                name=says("pool_adds_up", "The pool does not have that much money."),
            ),
            models.CheckConstraint(
                condition=Q(control__in=Control.values, tolerance__lte=100),
                name=says("control_in_percent", "A tolerance is 0 to 100 percent."),
            ),
            rising("alert_levels_rise"),
            models.CheckConstraint(
                condition=Q(post_control__in=PostingControl.values, post_limit__range=(1, 100), post_tolerance__lte=100),
                name=says("limit_in_percent", "A limit is 1 to 100 percent of the budget, its tolerance 0 to 100 percent of it."),
            ),
            models.CheckConstraint(
                condition=Q(seed_limit__gte=0), name=says("seed_limit_of_a_pool", "A limit of seeds is zero or more.")
            ),
            models.CheckConstraint(condition=A_NATURE, name=says("pool_of_a_kind", "A pool pays capital, operating, or both.")),
        ]
        triggers: ClassVar = [
            NEVER_DELETED,
            kept_by_the_database(*ROLLUPS),
            never_changes("stays_what_it_is", "year_id", "department_id", "currency", "name"),
            PAYS_ITS_KIND,
            KEPT_AS_CONFIRMED,
        ]

    def __str__(self) -> str:
        return f"{self.owner_name} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("funding:pool", args=[self.pk])

    @property
    def owner_name(self) -> str:
        owner = str(self.department) if self.department_id else "Central pool"
        return f"{owner} · {self.name}" if self.name else owner

    @property
    def seed_words(self) -> str:
        """How much it gives as seed, in a sentence; nothing where it gives none."""
        if not self.seed_limit:
            return ""
        return f"It gives an initiative at most {self.seed_limit:,.2f} {self.currency} as seed for experiments, without finance."

    @property
    def uncommitted(self) -> Decimal:
        """What cost objects have and have not yet promised to anybody."""
        return self.allocated - self.committed - self.spent

    def seen_by(self, user: User) -> bool:
        """Whether the person may see its money; the same answer as `visible_to`."""
        return user.is_active and (user.standing.holds(*SEE_ALL_MONEY) or self.department_id in purview(user))

    def shortage(self, amount: Decimal, *, to: User, free: Decimal | None = None) -> str | None:
        """Say that less than `amount` is free, or None. How much that is, only who may see the pool is told.

        `free` is the balance that was locked, where one was.
        """
        free = self.free if free is None else free
        if free >= amount:
            return None
        if self.seen_by(to):
            return f"{self} has {free:,.2f} {self.currency} free; {amount:,.2f} is asked."
        return f"{self} does not have {amount:,.2f} {self.currency} free."
