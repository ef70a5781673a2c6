"""What can be waited for. The rooms above register their kinds of asks; this room knows only what stands here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models

if TYPE_CHECKING:
    from initiatives.duties.models import Obligation
    from initiatives.organization.models import User

Still = Callable[["User", set[int]], set[int]]


@dataclass(frozen=True)
class Kind:
    """One kind of ask.

    name       the room and the noun: "portfolio.check_in"
    words      what it is called: "Check-in"
    template   the partial with the answer form on Home, given `obligation`; empty when there is only the link
    still      (user, subject ids) → those that this person may still see and answer; asked before every list and mail
    visible    user → the subjects that this person may see, whether or not it is theirs to answer: for those to whom
               an ask escalates, and for counts. Without it only people who read everything see other people's asks.
    subjects   the rows themselves by id, in one query, for the template: `with_subjects` puts them at `obligation.subject`
    announced  whether people hear of it in their next digest, and not only when it falls due
    """

    name: str
    words: str
    template: str
    still: Still
    visible: Callable[["User"], "models.QuerySet[models.Model]"] | None = None
    announced: bool = False
    subjects: Callable[[set[int]], "Mapping[int, models.Model]"] | None = None

    def seen_by(self, user: "User", subject_ids: set[int]) -> set[int]:
        """Those of these subjects whose name this person may read."""
        if not subject_ids or not user.is_active:
            return set()
        if user.standing.sees_everything:
            return set(subject_ids)
        if self.visible is None:
            return self.still(user, subject_ids)
        return set(self.visible(user).filter(pk__in=subject_ids).values_list("pk", flat=True))


class Rows(Protocol):
    """What asks are about: rows that say who sees which of them."""

    def visible_to(self, user: "User", /) -> "models.QuerySet[models.Model]": ...
    def in_bulk(self, id_list: "Iterable[Any] | None" = None, /) -> "Mapping[Any, models.Model]": ...


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Enter a kind; a second one of the same name is a mistake."""
    if KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"Two kinds of ask are called {kind.name}")
    return kind


def ask_about(
    rows: Rows, name: str, words: str, still: Still, *, template: str = "", announced: bool = True, named: bool = True
) -> Kind:
    """Enter a kind of ask about `rows`, which bring along what its words and answers read.

    named  whether Home names the row, or its answer form reads it: one query for all of them
    """
    subjects = rows.in_bulk if named else None
    return register(Kind(name, words, template, still, visible=rows.visible_to, announced=announced, subjects=subjects))


def announced() -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.announced]


def with_subjects(obligations: "Iterable[Obligation]") -> "list[Obligation]":
    """The same asks, each with what it is about at `subject` (None when its kind does not say), one query a kind."""
    asks = list(obligations)
    ids: dict[str, set[int]] = defaultdict(set)
    for ask in asks:
        ids[ask.kind].add(ask.subject_id)
    about = {name: found(ids[name]) for name in ids if name in KINDS and (found := KINDS[name].subjects)}
    for ask in asks:
        ask.subject = about.get(ask.kind, {}).get(ask.subject_id)
    return asks


def answerable(user: "User", found: Iterable[tuple[int, str, int]]) -> list[int]:
    """Of (obligation, kind, subject) ids, the obligations whose kind says that this person may still answer them.

    A kind that nobody registered is answerable by nobody.
    """
    by_kind: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pk, kind, subject in found:
        by_kind[kind][subject].append(pk)
    return [
        pk
        for name, subjects in by_kind.items()
        if name in KINDS
        for subject in KINDS[name].still(user, set(subjects)) & set(subjects)
        for pk in subjects[subject]
    ]
