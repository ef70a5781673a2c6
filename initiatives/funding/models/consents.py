"""What a transfer between pools is made of: its states, its two sides, and each side's consent."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.db import models

from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import says
from initiatives.funding.models.consent_laws import SIDES_APART, WITHIN_AUTHORITY
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Keyed
from initiatives.organization.models import User
from initiatives.organization.models.roles import today


class VirementState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    MADE = "made", "Made"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class Side(models.TextChoices):
    GIVER = "giver", "Gives"
    TAKER = "taker", "Receives"


@dataclass(frozen=True)
class Missing:
    """A side that has not agreed, and who may agree for it, first the one who is asked; whose limit is too low."""

    side: Side
    pool: Pool
    people: list[User]
    passed: list[User] = field(default_factory=list)
    acting: dict[int, User] = field(default_factory=dict)  # delegate → the head for whom they agree
    limits: dict[int, Decimal | None] = field(default_factory=dict)  # person → up to which amount they agree

    def __str__(self) -> str:
        return f"{self.pool}: {', '.join(map(str, self.people)) or 'nobody may'}"


class Consent(Keyed):
    """One side's yes to exactly what was shown."""

    virement = models.ForeignKey("funding.Virement", models.PROTECT, related_name="consents")
    side = models.CharField(max_length=5, choices=Side)
    shown = models.CharField(max_length=64)
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # the head, where a delegate agreed
    limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # up to which it could be given; null: any amount
    day = models.DateField(null=True, default=today, editable=False)  # the company's, by which roles and limits counted

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["virement", "side"], name=says("one_consent_a_side", "Somebody else agreed for this side already.")
            ),
            models.UniqueConstraint(
                fields=["virement", "by"], name=says("nobody_agrees_for_both", "Nobody agrees for both sides.")
            ),
            models.UniqueConstraint(fields=["by", "key"], name=says("one_consent_per_key", "This form was already sent.")),
            models.CheckConstraint(
                condition=models.Q(on_behalf_of=None) | ~models.Q(on_behalf_of=models.F("by")),
                name=says("agreed_for_another", "A delegate is another person than the head."),
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, SIDES_APART, WITHIN_AUTHORITY]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.by}"
