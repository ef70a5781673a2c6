"""Home: what waits for one person, what they answer for, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.prepared import prepared
from initiatives.core.templatetags.marks import health, status
from initiatives.duties.reports import Waiting, asks_for, explained
from initiatives.organization.models import User
from initiatives.portfolio.models import OVER, Initiative, Status, health_shown

ASKS, MINE, NEWS, EVENTS = 10, 12, 8, 40
SOON = timedelta(days=7)  # due later than that, an ask stands apart
CELLS, NOTHING = "<td>{}</td><td>{}</td><td>{}</td>", "–"
TOLD = ("pk", "at", "actor_id", "actor_name", "on_behalf_of_id", "on_behalf_of__name", "verb", "subject_id", "changes")
QUIET = ("prioritised", "edited")  # of these, a new ranking or an editor makes too many to be news


@dataclass(frozen=True)
class Mine:
    """One initiative of the reader, with its health. Before its launch nobody reports, and nothing is missing."""

    reference: str
    title: str
    status: str
    owner: str  # the accountable department's name
    health: str
    health_on: date | None
    stale: bool

    @property
    def status_words(self) -> str:
        return str(Status(self.status).label)

    @property
    def reports(self) -> bool:
        return bool(self.health) or self.status == Status.ACTIVE

    @property
    def cells(self) -> SafeString:
        """The row behind its name."""
        how = health(self.health, on=self.health_on, stale=self.stale) if self.reports else NOTHING
        return format_html(CELLS, self.owner or _("Nobody yet"), status(self.status, self.status_words), how)


@dataclass(frozen=True)
class News:
    """One event, the initiative that it is about, and how many before it were the same act of the same person."""

    event: Mapping[str, Any]
    reference: str
    title: str
    more: int


@dataclass(frozen=True)
class Step:
    """What somebody of this role does first, while nothing waits."""

    words: str
    url: str
    step: str


STEPS: Mapping[str, Step] = {
    "cxo": Step("Judge what the departments proposed, and put it in order.", "decisions:draft", "Prepare the ranking"),
    "ceo": Step("See who owns what, and where decisions wait.", "boards:own", "Open the ownership dashboard"),
    "finance": Step("See what the departments ask for, and from whose money.", "funding:requests", "Open the requests"),
    "auditor": Step("Read who owns what, and follow each figure to its records.", "boards:own", "Open the ownership dashboard"),
    "administrator": Step("Invite people and give them their roles.", "organization:people", "Open people"),
    "department": Step("Propose what would help your customers most.", "portfolio:create", "Start an initiative"),
    "": Step("Ask an administrator for a role; then initiatives and asks appear here.", "organization:profile", "Your profile"),
}


def first_step(user: User) -> Step:
    """By the first role that the person holds, in the order of STEPS."""
    standing = user.standing
    held = next((kind for kind in STEPS if kind in standing.kinds), "department" if standing.belongs_to else "")
    return STEPS[held]


def home(user: User, page: str | None = None, answer: str = "") -> dict[str, Any]:
    """Everything on Home; of many asks ASKS at a time. `answer` is the number of the ask whose whole form is open."""
    asks, today = asks_for(user), user.today()
    here = Paginator(asks, ASKS).get_page(page)
    waits = explained(user, list(here), opened=answer)
    return {
        "groups": [group for group in _by_urgency(waits, user) if group[1]],
        "page": here,
        "here": f"page={here.number}&" if here.number > 1 else "",
        "opened_at": f"ask-{answer}",
        "waiting": len(asks),
        "overdue": sum(ask.days_late(today) > 0 for ask in asks),
        "mine": _mine(user),
        "news": _news(user),
        "step": first_step(user),
    }


def _by_urgency(waits: list[Waiting], user: User) -> list[tuple[str, list[Waiting]]]:
    today = user.today()
    return [
        ("Overdue", [wait for wait in waits if wait.obligation.due_on < today]),
        ("Today", [wait for wait in waits if wait.obligation.due_on == today]),
        ("Soon", [wait for wait in waits if today < wait.obligation.due_on <= today + SOON]),
        ("Later", [wait for wait in waits if wait.obligation.due_on > today + SOON]),
    ]


def _mine(user: User) -> list[Mine]:
    """What this person, or a department that this person heads, answers for; the most worrying first."""
    today = clock.today()
    return [
        Mine(reference, title, status, owner or "", health, on, health_shown(health, stale_on, today)[0] == "stale")
        for reference, title, status, owner, health, on, stale_on in _owned(user)
    ]


@prepared
def _owned(user: User) -> QuerySet[Initiative, Any]:
    heads = user.standing.heads
    seen = Initiative.objects.visible_to(user).exclude(status__in=OVER)
    own = seen.of_person(user)
    if heads:
        mine = Initiative.objects.of_person(user).values("pk")
        own = seen.filter(Q(pk__among=mine) | Q(accountable_department__in=heads) | Q(lead_department__in=heads))
    names = ("reference", "title", "status", "accountable_department__name", "health", "health_on", "stale_on")
    return own.order_by("concern", "-life", "pk").values_list(*names)[:MINE]


def _news(user: User) -> list[News]:
    """The last changes of initiatives that this person may see, what somebody repeated told once: 1 query."""
    alike = [
        list(some)
        for _same, some in groupby(_happened(user), key=lambda event: (event["subject_id"], event["verb"], event["actor_id"]))
    ]
    return [_told(some) for some in alike[:NEWS]]


@prepared
def _happened(user: User) -> QuerySet[Event, dict[str, Any]]:
    seen = Initiative.objects.visible_to(user)
    about = Event.objects.filter(subject_type=Initiative._meta.label_lower, subject_id__in=seen.values("pk"))
    for verb in QUIET:
        about = about.exclude(verb=f"{Initiative._meta.label_lower}.{verb}")
    named = Initiative.objects.filter(pk=OuterRef("subject_id"))
    names = {"reference": Subquery(named.values("reference")), "title": Subquery(named.values("title"))}
    events: QuerySet[Event, dict[str, Any]] = about.annotate(**names).newest_first().values(*TOLD, *names)
    return events[:EVENTS]


def _told(alike: list[dict[str, Any]]) -> News:
    """The newest of events that are alike, as the sentences of events read it."""
    newest = alike[0] | {"act": alike[0]["verb"].rpartition(".")[2], "on_behalf_of": alike[0]["on_behalf_of__name"]}
    return News(newest, newest["reference"], newest["title"], len(alike) - 1)
