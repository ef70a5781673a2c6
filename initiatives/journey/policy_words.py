"""What the numbers of the map are called, and in what they are counted."""

from decimal import Decimal

LABELS = {
    "moment_factor": "Factor of a moment of truth",
    "days_to_answer": "Time to answer",
    "attest_days": "Ownership is attested again after",
    "days_to_triage": "Time to decide about a signal",
    "initiatives_need_problem": "An initiative needs a problem",
    "funding_needs_charter": "Money waits for a ratified charter",
    "funding_needs_case": "Money needs a business case",
    "test_within": "An initiative is tried within",
    "most_share": "Largest share of one department",
    "most_concentration": "Highest concentration",
    "sight_members": "Members who look at a stage",
    "sight_days": "Days in which they look",
    "blind_below": "Blind below",
    "rating_n_min": "Ratings of a channel that are compared",
    "contact_cap": "Cap of contacts",
    "moment_floor": "A moment of truth fails below",
}
UNITS = {
    "moment_factor": "times the reach",
    "days_to_answer": "working days",
    "attest_days": "calendar days",
    "days_to_triage": "working days",
    "test_within": "calendar days",
    "sight_members": "people of a department",
    "sight_days": "calendar days",
    "rating_n_min": "ratings at least",
    "contact_cap": "contacts per customer in 30 days",
}
PERCENT = {"most_share": "of the owned weight", "blind_below": "of the journey’s weight", "moment_floor": "of the scale"}


def told(name: str, value: int | Decimal | None) -> str:
    """The number with its unit: "5 working days", "50 % of the owned weight", "yes"."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in PERCENT:
        return f"{100 * value:.0f}\N{NARROW NO-BREAK SPACE}% {PERCENT[name]}"
    return f"{value} {UNITS[name]}" if name in UNITS else str(value)
