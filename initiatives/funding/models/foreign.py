"""What a cost object has in currencies other than its own. Nothing is converted: each currency is a book of its own."""

from typing import ClassVar

from django.db import models

from initiatives.core.money import A_CURRENCY
from initiatives.core.rules import says
from initiatives.funding.models.figures import ADDS_UP, ROLLUPS, Sums
from initiatives.funding.models.triggers import NEVER_DELETED, kept_by_the_database, never_changes


class ForeignMoney(Sums):
    """The figures of one cost object in one other currency. The database writes them, as it writes the cost object's own."""

    cost_object = models.ForeignKey("funding.CostObject", models.PROTECT, related_name="foreign")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cost_object", "currency"], name=says("one_book_a_currency", "These figures are there already.")
            ),
            models.CheckConstraint(
                condition=A_CURRENCY,
                name=says("foreign_money_is_money", "A currency is written with its three letters, such as EUR."),
            ),
            models.CheckConstraint(condition=ADDS_UP, name=says("foreign_money_adds_up", "There is not that much money left.")),
        ]
        triggers: ClassVar = [
            NEVER_DELETED,
            kept_by_the_database(*ROLLUPS),
            never_changes("stays_what_it_is", "cost_object_id", "currency"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} of {self.cost_object_id}"
