"""The closed vocabularies of what fails: where a signal comes from, what became of it, and of the problem it belongs to."""

from django.db import models

ALIKE_TOUCHPOINTS, ALIKE_TITLES = 0.5, 0.6  # Jaccard index of the touchpoints, trigram similarity of the titles
MOST_CUSTOMERS = 999_999_999
WORKING_DAYS_TO_TRIAGE = 5


class Source(models.TextChoices):
    """Where a piece of evidence comes from."""

    STAFF = "staff", "Observation by staff"
    COMPLAINT = "complaint", "Complaint"
    COMMENT = "comment", "Survey comment"
    FINDING = "finding", "Audit finding"
    OTHER = "other", "Other"


class Disposition(models.TextChoices):
    """What became of a signal."""

    OPEN = "open", "Waiting for an answer"
    GATHERED = "gathered", "Gathered into a problem"
    ANSWERED = "answered", "Answered"  # fixed already, or explained
    DUPLICATE = "duplicate", "Duplicate"
    DISMISSED = "dismissed", "Not a problem"


# Every step that a signal may take. The database refuses all others (trigger on Signal).
SIGNAL_STEPS: tuple[tuple[str, str], ...] = (
    *((Disposition.OPEN, end) for end in Disposition.values if end != "open"),
    *((end, Disposition.OPEN) for end in Disposition.values if end != "open"),
)


class ProblemState(models.TextChoices):
    """Where a problem stands. That an initiative answers it is no state: whoever may not see the initiative may not know."""

    OPEN = "open", "Open"
    SOLVED = "solved", "Solved"
    DISMISSED = "dismissed", "Dismissed"


PROBLEM_STEPS: tuple[tuple[str, str], ...] = (
    (ProblemState.OPEN, ProblemState.SOLVED),
    (ProblemState.OPEN, ProblemState.DISMISSED),
    (ProblemState.SOLVED, ProblemState.OPEN),
    (ProblemState.DISMISSED, ProblemState.OPEN),
)


class SweepState(models.TextChoices):
    OPEN = "open", "Open"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"


SWEEP_STEPS: tuple[tuple[str, str], ...] = (
    (SweepState.OPEN, SweepState.COMPLETED),
    (SweepState.OPEN, SweepState.CANCELLED),
)
