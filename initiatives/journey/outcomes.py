"""What became of a signal, as one reader may know it: on its page, in lists, and in the letter to who raised it."""

from dataclasses import dataclass
from typing import Any

from initiatives.duties import compose
from initiatives.duties.models import Letter
from initiatives.journey.models import Disposition, Problem, ProblemState, Signal
from initiatives.organization.models import User

LINES = 20  # a letter names so many; the rest is counted


@dataclass(frozen=True)
class Outcome:
    """The disposition in words, the reason, and what it leads to: a problem or another signal, when the reader sees it."""

    words: str
    reason: str
    leads_to: Signal | Problem | None = None


def outcome_of(signal: Signal, user: User) -> Outcome | None:
    """None while nothing is decided. A problem that ended since, and the fate of the signal that it repeats, are told too."""
    if signal.is_open:
        return None
    other = signal.problem or signal.duplicate_of
    if other is None:
        return Outcome(signal.get_state_display(), signal.reason)
    if not other.seen_by(user):
        return Outcome(signal.get_state_display(), "")  # the reason may name what it leads to
    if isinstance(other, Problem):
        if other.state == ProblemState.OPEN:
            return Outcome(f"Gathered into {other.reference}", signal.reason, other)
        return Outcome(f"{other.reference} is {other.get_state_display().lower()}", other.reason, other)
    beyond = outcome_of(other, user) if other.state != Disposition.DUPLICATE else None
    words = f"The same as {other.reference}" + (f": {beyond.words.lower()}" if beyond else "")
    return Outcome(words, beyond.reason if beyond else signal.reason, other)


def facts(letter: Letter) -> dict[str, Any]:
    """What a letter of outcomes says: what is so when it is sent, and only what its reader may still see."""
    reader = letter.recipient
    if reader is None:
        raise compose.Needless("It has no reader.")
    told = Signal.objects.visible_to(reader).filter(news__letter=letter).distinct()
    signals = told.select_related("problem", "duplicate_of").order_by("pk")
    lines = [(signal, outcome) for signal in signals if (outcome := outcome_of(signal, reader))]
    if not lines:
        raise compose.Needless("Nothing of it is decided any more, or its reader may not see it.")
    shown = [{"signal": signal, "outcome": outcome, "mine": signal.raised_by_id == reader.pk} for signal, outcome in lines]
    return {"lines": shown[:LINES], "count": len(lines), "more": max(len(lines) - LINES, 0)}


compose.fresh("outcomes", facts)
