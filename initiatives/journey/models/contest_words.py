"""The closed vocabularies of contests, and how a case goes on."""

from django.db import models

CLOCK_DAYS = 5  # working days of each clock: counter-claim, evidence, mediation, ruling, appeal (measure N8)
LOCK_DAYS = 90  # after it is settled nobody contests it again


class CaseState(models.TextChoices):
    CLAIMED = "claimed", "Claimed"  # one department has said whose it is; another is asked whether it agrees
    CONTESTED = "contested", "Contested"  # departments disagree; evidence is gathered
    MEDIATION = "mediation", "Mediation"  # they may still agree
    RULING = "ruling", "Waits for a ruling"
    RULED = "ruled", "Ruled"  # a department that did not get it may appeal
    APPEALED = "appealed", "Appealed"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Claim withdrawn"


class Settlement(models.TextChoices):
    """How a case came to its end."""

    SILENCE = "silence", "Nobody counter-claimed"
    AGREEMENT = "agreement", "By agreement"
    RULING = "ruling", "By ruling"
    APPEAL = "appeal", "By ruling on appeal"


STEPS = [
    ("claimed", "contested"),
    ("claimed", "settled"),
    ("claimed", "withdrawn"),
    ("contested", "mediation"),
    ("contested", "settled"),
    ("contested", "withdrawn"),
    ("mediation", "ruling"),
    ("mediation", "settled"),
    ("mediation", "withdrawn"),
    ("ruling", "ruled"),
    ("ruled", "appealed"),
    ("ruled", "settled"),
    ("appealed", "settled"),
]
OPEN = ("claimed", "contested", "mediation", "ruling", "ruled", "appealed")
TALKING = ("claimed", "contested", "mediation")  # a claim may still be changed or taken back
WAITS_FOR = {
    "claimed": "whether the other department agrees",
    "contested": "evidence",
    "mediation": "an agreement",
    "ruling": "a ruling",
    "ruled": "an appeal",
    "appealed": "the ruling on appeal",
}
