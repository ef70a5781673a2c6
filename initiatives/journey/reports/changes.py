"""The named queries of proposed changes: which wait, which were decided, and what one would make different, in words."""

from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict

from initiatives.core.looks import one_of
from initiatives.core.templatetags.words import number
from initiatives.journey.models import ChangeState, Channel, MapChange, Stage, StageKind, Touchpoint
from initiatives.organization.models import User

ROWS = 50
ALONG = ("touchpoint__owned", "stage", "channel", "journey", "proposed_by", "answered_by", "asked_stage")
RESTRICTED = "Restricted item"


def changes_page(user: User, query: QueryDict) -> dict[str, Any]:
    """Proposals in one state, by default those that wait; `mine=1` only the reader's own."""
    state = one_of(query, "state", ChangeState.values) or ChangeState.PROPOSED
    seen = MapChange.objects.visible_to(user)
    mine = query.get("mine") == "1"
    seen = seen.filter(proposed_by=user) if mine else seen
    found = seen.filter(state=state).newest_first().select_related(*ALONG)
    page = Paginator(found, ROWS).get_page(query.get("page"))
    waiting = seen.filter(state=ChangeState.PROPOSED).count()
    states = [(value, words, value == state) for value, words in ChangeState.choices]
    return {"page": page, "state": state, "states": states, "mine": mine, "waiting": waiting}


class Words:
    """The values of proposals as people read them, with what they refer to read at most once."""

    def __init__(self, user: User) -> None:
        self.user = user

    def of(self, name: str, value: Any) -> str:
        match name:
            case "stage":
                return str(Stage.objects.visible_to(self.user).filter(pk=value).values_list("title", flat=True).first() or "–")
            case "channel":
                return str(Channel.objects.filter(pk=value).values_list("name", flat=True).first() or "–")
            case "kind":
                return str(StageKind(value).label)
            case "path":
                return self._path(value)
            case "parts":
                return "; ".join(f"{part['title']} ({number(part['reach'])})" for part in value)
            case _:
                return _plain(value)

    def _path(self, keys: list[int]) -> str:
        seen = dict(Touchpoint.objects.visible_to(self.user).filter(pk__in=keys).values_list("pk", "title"))
        return " → ".join(seen.get(key, RESTRICTED) for key in keys) or "–"


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return number(value)
        case None | "":
            return "–"
        case _:
            return str(value)


def change_page(change: MapChange, user: User) -> dict[str, Any]:
    """One proposal: field by field what stands there and what would, and what somebody changed since."""
    words = Words(user)
    rows = [
        (
            name.replace("_", " ").capitalize(),
            words.of(name, change.before[name]) if name in change.before else "",
            words.of(name, value),
        )
        for name, value in change.after.items()
    ]
    stale = [(name.replace("_", " "), words.of(name, was), words.of(name, now)) for name, was, now in change.conflicts()]
    return {
        "change": change,
        "rows": rows,
        "stale": stale,
        "may_answer": change.waits and change.may_answer(user),
        "accept_obstacle": change.obstacle_to_accept(user),
        "may_withdraw": change.obstacle_to_withdraw(user) is None,
        "deciders": change.asked_stage.owners() if change.asked_stage else [],
    }
