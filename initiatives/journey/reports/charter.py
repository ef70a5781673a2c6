"""What the charter's page shows: how far the vote is, what is agreed, what goes to the workshop, who voted what."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from initiatives.core.models import Event
from initiatives.journey import agreement
from initiatives.journey.agreement import Tally
from initiatives.journey.charter import obstacle_to_fund
from initiatives.journey.models import Ballot, CharterItem, CharterState, CharterVersion, CharterWaiver, Choice, ItemKind, Vote
from initiatives.journey.models.charter_votes import answers_for
from initiatives.organization.models import User

EVENTS_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One item with the votes on it: counted, and by department in the order of the ballots."""

    item: CharterItem
    tally: Tally
    votes: list[tuple[Ballot, str]]

    @property
    def percent(self) -> float | None:
        agreed = self.tally.agreement
        return None if agreed is None else float(agreed)


def charter_page(user: User, charter: CharterVersion | None) -> dict[str, Any]:
    """Everything about one version; None when nothing was ever put to the vote."""
    around = {
        "versions": list(CharterVersion.objects.voted_on().newest_first()),
        "waiver": CharterWaiver.objects.running().select_related("by").first(),
        "funding_waits": obstacle_to_fund(),
        "obstacle_to_waive": CharterWaiver.objects.obstacle_to_waive(user),
    }
    return around | (_voted(user, charter) if charter else {"charter": None})


def _voted(user: User, charter: CharterVersion) -> dict[str, Any]:
    ballots = list(charter.ballots.select_related("department", "voted_by").order_by("department__name"))
    lines = _lines(charter, ballots)
    tallies = [line.tally for line in lines]
    kappa = agreement.kappa(tallies)
    return {
        "charter": charter,
        "ballots": ballots,
        "voted": sum(ballot.voted_at is not None for ballot in ballots),
        "quorum": charter.quorum(len(ballots)),
        "groups": _by_kind(lines),
        "adopted": sum(tally.adopted for tally in tallies),
        "items": len(tallies),
        "agreed": sum(tally.agreement is not None and not tally.for_workshop for tally in tallies),
        "workshop": [line for line in lines if line.tally.for_workshop],
        "workshop_below": int(100 * agreement.WORKSHOP_BELOW),
        "mean": _float(agreement.mean(tallies)),
        "kappa": _float(kappa),
        "kappa_words": agreement.in_words(kappa),
        "mine": _to_vote(user, ballots) if charter.state == CharterState.VOTING else [],
        "obstacle_to_close": charter.obstacle_to_close(user),
        "events": Event.objects.about(charter).select_related("actor").newest_first()[:EVENTS_SHOWN],
    }


def _lines(charter: CharterVersion, ballots: list[Ballot]) -> list[Line]:
    said: dict[int, dict[int, str]] = defaultdict(dict)
    for by, about, choice in Vote.objects.filter(item__version=charter).values_list("ballot_id", "item_id", "choice"):
        said[about][by] = choice
    lines = []
    for item in charter.items.all():
        votes = [said[item.pk].get(ballot.pk, "") for ballot in ballots]
        tally = Tally(*(votes.count(choice) for choice in (Choice.IN, Choice.OUT, Choice.ABSTAIN)))
        lines.append(Line(item, tally, list(zip(ballots, votes, strict=True))))
    return lines


def _to_vote(user: User, ballots: list[Ballot]) -> list[Ballot]:
    departments = answers_for(user)
    return [ballot for ballot in ballots if ballot.department_id in departments]


def _by_kind(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    kinds: dict[str, list[Line]] = {}
    for line in lines:
        kinds.setdefault(ItemKind(line.item.kind).label, []).append(line)
    return list(kinds.items())


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
