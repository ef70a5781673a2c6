"""What the pages of the handshake show, each in a fixed number of queries."""

from typing import Any

from initiatives.journey.models import Answer, OwnedObject, Ownership
from initiatives.journey.models.inheriting import inherited_from
from initiatives.journey.models.proposing import may_ask
from initiatives.journey.models.words import LIVING
from initiatives.journey.reports.contests import contest_panel
from initiatives.organization.models import User


def propose_page(owned: OwnedObject, user: User) -> dict[str, Any]:
    """What is asked about, what stands in the way, and which departments this person may name (None: any)."""
    only = None if may_ask(user, owned) else user.standing.heads
    return {"owned": owned, "only": only, "obstacle": owned.obstacle_to_propose(by=user)}


def ownership_page(ownership: Ownership, user: User) -> dict[str, Any]:
    """One handshake: what it is about, what this person can do about it, and why not."""
    return {
        "ownership": ownership,
        "owned": ownership.owned,
        "may_answer": ownership.may_answer(user),
        "accept_obstacle": ownership.obstacle_to_accept(user),
        "withdraw_obstacle": ownership.obstacle_to_withdraw(user),
        "name_obstacle": ownership.obstacle_to_name_person(by=user),
        "hand_over_obstacle": ownership.obstacle_to_hand_over(user),
        "contest_panel": contest_panel(ownership.owned, user),
        "propose_obstacle": ownership.owned.obstacle_to_propose(by=user),
    }


def ownership_panel(owned: OwnedObject, user: User) -> dict[str, Any]:
    """What the page of an owned object shows of its ownership: every handshake, what is inherited, and what may be done."""
    rows = list(owned.ownerships.newest_first().select_related("department", "person", "proposed_by"))
    for row in rows:
        row.owned = owned
    return {
        "handshakes": rows,
        "current": next((row for row in rows if row.answer == Answer.ACCEPTED), None),
        "mine": {row.pk for row in rows if row.answer in LIVING and row.may_answer(user)},
        "inherited": inherited_from(owned, user),
        "ask_obstacle": owned.obstacle_to_propose(by=user),
    }
