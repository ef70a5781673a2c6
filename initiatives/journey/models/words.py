"""The closed vocabularies of the journey: kinds of stages and owned objects, states of ownership and of its handshake."""

from django.db import models

MOMENT_FACTOR = 3  # what a moment of truth weighs more, unless the map's policy says otherwise


class StageKind(models.TextChoices):
    PRE_SALE = "pre_sale", "Pre-sale"
    POST_SALE = "post_sale", "Post-sale"
    EMPLOYEE = "employee", "Employee"


class Kind(models.TextChoices):
    """What can be owned."""

    STAGE = "stage", "Stage"
    TOUCHPOINT = "touchpoint", "Touchpoint"
    FACET = "facet", "Facet"
    SYSTEM = "system", "System"
    ENTITY = "entity", "Data entity"


class State(models.TextChoices):
    """Where the ownership of an object stands today. Only *owned* counts."""

    UNOWNED = "unowned", "Unowned"
    PROPOSED = "proposed", "Proposed"  # asked for, nobody has accepted
    OWNED = "owned", "Owned"
    CONTESTED = "contested", "Contested"  # another department claims it; an interim steward keeps it
    VACANT = "vacant", "Vacant"  # its person left; the head is steward until somebody accepts


class Answer(models.TextChoices):
    """Where one handshake stands: one department was asked to own one object."""

    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"  # no answer in time
    WITHDRAWN = "withdrawn", "Withdrawn"  # no longer asked
    ENDED = "ended", "Ended"  # accepted once, and over
