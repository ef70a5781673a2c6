"""What a transfer between pools is made of: its states, its two sides, and each side's consent."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models

from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import says
from initiatives.funding.models.ledger import Keyed
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.triggers import SIDES_APART
from initiatives.organization.models import User


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
    """A side that has not agreed, and who may agree for it, first the one who is asked."""

    side: Side
    pool: Pool
    people: list[User]

    def __str__(self) -> str:
        return f"{self.pool}: {', '.join(map(str, self.people)) or 'nobody may'}"


class Consent(Keyed):
    """One side's yes to exactly what was shown."""

    virement = models.ForeignKey("funding.Virement", models.PROTECT, related_name="consents")
    side = models.CharField(max_length=5, choices=Side)
    shown = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["virement", "side"], name=says("one_consent_a_side", "Somebody else agreed for this side already.")
            ),
            models.UniqueConstraint(
                fields=["virement", "by"], name=says("nobody_agrees_for_both", "Nobody agrees for both sides.")
            ),
            models.UniqueConstraint(fields=["by", "key"], name=says("one_consent_per_key", "This form was already sent.")),
        ]
        triggers: ClassVar = [*APPEND_ONLY, SIDES_APART]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.by}"
