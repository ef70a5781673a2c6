"""One round of the journey's clocks: each asks the database what is due, and may run twice, at once, or late."""

from initiatives.core import clock
from initiatives.journey import charter_clock
from initiatives.journey.models import Call, Contest, MapChange, Ownership, Stage, watch
from initiatives.journey.models.attesting import ask_everybody, lapse_unattested
from initiatives.journey.models.orphans import ask_for_neglected, excuse_decided
from initiatives.journey.models.reviewing import ask_for_stale_stages
from initiatives.journey.models.succession import follow_roles


def ring() -> dict[str, int]:
    """Let every clock do what is due. Returns what it came to."""
    return {
        "fallen_vacant": follow_roles(),
        "offers_lapsed": lapse_unanswered(),
        "attestations_lapsed": lapse_unattested(),
        "asked_to_attest": ask_everybody(),
        "votes_counted": charter_clock.turn(),
        "contests_moved_on": turn_contests(),
        "changes_lapsed": lapse_changes(),
        "reviews_asked": ask_for_reviews(),
        "calls_answered": close_answered_calls(),
        "owners_sought": ask_for_neglected(),
        "orphans_adopted": excuse_decided(),
        "breaches_found": watch(),
    }


def lapse_unanswered() -> int:
    """Close the offers that no department answered in time."""
    today = clock.company_day()
    late = Ownership.objects.unanswered(today).order_by("pk").select_related("owned", "department", "proposed_by")
    return sum(ownership.lapse(today=today) for ownership in late)


def turn_contests() -> int:
    """Move on the cases whose clock has run out."""
    today = clock.company_day()
    return sum(contest.turn(today=today) for contest in Contest.objects.overdue(today).with_sides().order_by("pk"))


def lapse_changes() -> int:
    """Close the proposed changes of the map that nobody decided about in time."""
    today = clock.company_day()
    return sum(change.lapse(today=today) for change in MapChange.objects.unanswered(today).order_by("pk"))


def ask_for_reviews() -> int:
    """Ask for the review of the stages that are past their day."""
    return ask_for_stale_stages(Stage.objects.all(), clock.company_day())


def close_answered_calls() -> int:
    """Nobody is called for what somebody owns meanwhile."""
    return sum(call.turn() for call in Call.objects.needless().order_by("pk"))
