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


class FacetKind(models.TextChoices):
    """The parts of a touchpoint that can be owned apart."""

    CONTENT = "content", "Content"
    CHANNEL = "channel", "Channel or technology"
    DATA = "data", "Data"
    OUTCOME = "outcome", "Service outcome"


class FacetLetter(models.TextChoices):
    """The part of a department in a facet, beside the one that is accountable."""

    RESPONSIBLE = "R", "Responsible"
    CONSULTED = "C", "Consulted"
    INFORMED = "I", "Informed"


class Refusal(models.TextChoices):
    """Why a department does not take something on."""

    NOT_OURS = "not_ours", "Not ours"
    NO_CAPACITY = "no_capacity", "No capacity"
    NO_BUDGET = "no_budget", "No budget"
    UNCLEAR = "unclear", "Scope unclear"
    OTHER = "other", "Something else"


class Ending(models.TextChoices):
    """How an ownership that was accepted came to its end."""

    HANDED_OVER = "handed_over", "Handed over"
    GIVEN_BACK = "given_back", "Given back"
    LEFT = "left", "Its person left"
    MOVED = "moved", "Its person moved"
    MERGED = "merged", "Department merged"
    CLOSED = "closed", "Department closed"
    RULED = "ruled", "Ruled"


# How a handshake goes on: the database knows no other steps.
ANSWERS = (
    (Answer.PROPOSED, Answer.ACCEPTED),
    (Answer.PROPOSED, Answer.DECLINED),
    (Answer.PROPOSED, Answer.LAPSED),
    (Answer.PROPOSED, Answer.WITHDRAWN),
    (Answer.ACCEPTED, Answer.ENDED),
)
LIVING = (Answer.PROPOSED, Answer.ACCEPTED)


class HandoffState(models.TextChoices):
    """Where a handoff stands: what both sides together have answered."""

    PROPOSED = "proposed", "Proposed"
    AGREED = "agreed", "Agreed"  # accepted by both; only this counts
    DECLINED = "declined", "Declined"  # by at least one; changed terms ask again
    ENDED = "ended", "Ended"
