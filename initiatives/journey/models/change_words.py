"""The closed vocabularies of proposed changes: what is drawn, what can be done with it, where a proposal stands."""

from django.db import models


class Noun(models.TextChoices):
    """What is drawn on the map and can be changed there."""

    TOUCHPOINT = "touchpoint", "Touchpoint"
    STAGE = "stage", "Stage"
    CHANNEL = "channel", "Channel"
    JOURNEY = "journey", "Customer journey"


class Act(models.TextChoices):
    """What can be proposed about it."""

    ADD = "add", "Add"
    EDIT = "edit", "Change"
    SPLIT = "split", "Split"
    ARCHIVE = "archive", "Archive"


class ChangeState(models.TextChoices):
    """Where a proposed change of the map stands."""

    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"
