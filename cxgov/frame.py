"""What every page's frame shows around its content: the acts, the tabs of the current act, what waits for the reader.

The navigation is a literal. An entry is shown when its URL exists and its rule lets the reader in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from initiatives.core.policy import PUBLIC, RULES, SIGNED_IN
from initiatives.duties.kinds import answerable
from initiatives.duties.models.obligation import asked
from initiatives.organization.models import User

FEW_TABS = 6  # stand at first sight, the rest behind a menu, which is not worth it for a seventh alone


@dataclass(frozen=True)
class Place:
    """One entry: its words, its URL's name, its icon, and which pages stand in it (how their names begin)."""

    words: str
    url: str
    icon: str = ""
    holds: tuple[str, ...] = ()
    tabs: tuple["Place", ...] = ()
    key: str = ""  # pressed after g
    keeps: bool = False  # a view of the same list: filters and order go along from one such tab to the other

    def has(self, view: str) -> bool:
        return view == self.url or view.startswith(self.holds)


class Entry(NamedTuple):
    """A place as one reader finds it; hashable, for what is drawn of it is kept ({% kept %})."""

    words: str
    url: str
    icon: str
    key: str
    current: bool


ACTS = (
    Place("Home", "home", "home", ("duties:mail", "duties:letter"), key="h"),
    Place(
        "Own",
        "boards:own",
        "map",
        ("journey:",),
        (
            Place("Dashboard", "boards:own"),
            Place("Map", "journey:map"),
            Place("Touchpoints", "journey:touchpoints"),
            Place("Coverage", "journey:coverage"),
            Place("Signals", "journey:signals"),
            Place("Problems", "journey:problems"),
            Place("Systems", "journey:systems", holds=("journey:system_map", "journey:entities", "journey:single_view")),
            Place("Charter", "journey:charter"),
        ),
        key="o",
    ),
    Place(
        "Decide",
        "decisions:ranking",
        "scale",
        ("decisions:", "funding:"),
        (
            Place("Ranking", "decisions:ranking"),
            Place("Scenarios", "decisions:scenarios", holds=("decisions:scenario",)),
            Place("Rounds", "decisions:rounds", holds=("decisions:round", "decisions:round_open", "decisions:ballot")),
            Place("Log", "decisions:log", holds=("decisions:decision", "decisions:weigh", "decisions:review")),
            Place("Money", "funding:pools"),
            Place("Requests", "funding:requests"),
            Place("Actuals", "funding:actuals", holds=("funding:imports", "funding:import_run", "funding:import_map")),
            Place("Journal", "funding:journal"),
            Place("Transfers", "funding:virements", holds=("funding:market", "funding:listing_publish")),
            Place("Authority", "funding:authority"),
        ),
        key="d",
    ),
    Place(
        "Deliver",
        "portfolio:list",
        "rocket-launch",
        ("portfolio:",),
        (
            Place("Table", "portfolio:list", keeps=True),
            Place("Board", "portfolio:board", keeps=True),
            Place("Import", "portfolio:imports"),
        ),
        key="i",
    ),
    Place(
        "Prove",
        "boards:prove",
        "chart-bar",
        ("boards:untested",),
        (
            Place("Results", "boards:prove"),
            Place("Not tried yet", "boards:untested"),
        ),
        key="p",
    ),
)
ADMIN = Place(
    "Admin",
    "organization:people",
    "users",
    ("organization:", "duties:undelivered", "ui"),
    (
        Place("People", "organization:people"),
        Place("Departments", "organization:departments"),
        Place("Calendar", "organization:calendar"),
        Place("Undelivered mail", "duties:undelivered"),
        Place("Components", "ui"),
    ),
)
MENU = (
    Place("Departments", "organization:departments", "building-office"),
    Place("Exports", "organization:exports", "arrow-down-tray"),
    Place("Profile", "organization:profile", "user-circle"),
    Place("Password", "account_change_password", "key"),
    Place("Sessions", "usersessions_list", "computer-desktop"),
    Place("Mail", "duties:mail", "envelope"),
)
SEARCH = Place("Search", "portfolio:list")
CREATE = Place("New initiative", "portfolio:create", "plus")
SIGNAL = Place("Raise a signal", "journey:raise_signal", "megaphone")
HOME = Place("Home", "home")


@cache
def path_to(url: str) -> str | None:
    """The path of a URL without arguments, or None when the product has no such page."""
    try:
        return reverse(url)
    except NoReverseMatch:
        return None


def open_to(user: User | AnonymousUser, place: Place) -> bool:
    """Whether the reader may see the page; an object's own page asks again when it is opened."""
    rule = RULES.get((place.url, "GET"))
    if rule is None or path_to(place.url) is None:
        return False
    return rule.to in (PUBLIC, SIGNED_IN) or bool(rule.of) or user.has_perm(rule.to)


class Frame:
    """Asked by base.html only, so that a part of a page does not pay for its frame."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user
        self.view = request.resolver_match.view_name if request.resolver_match else ""

    def _entries(self, places: tuple[Place, ...], current: Place | None) -> Iterator[Entry]:
        for place in places:
            if open_to(self.user, place):
                yield Entry(place.words, path_to(place.url) or "", place.icon, place.key, place is current)

    @property
    def act(self) -> Place | None:
        if self.view == "organization:profile":  # one's own, in no act
            return None
        return next((place for place in (*ACTS, ADMIN) if place.has(self.view)), None)

    @cached_property
    def acts(self) -> tuple[Entry, ...]:
        return tuple(self._entries(ACTS, self.act))

    @cached_property
    def admin(self) -> Entry | None:
        return next(self._entries((ADMIN,), self.act), None)

    @cached_property
    def tabs(self) -> list[Entry]:
        """The pages of the current act, on these pages only: a deeper page has its breadcrumb. A single tab is no choice."""
        tabs = self.act.tabs if self.act else ()
        current = next((tab for tab in tabs if tab.has(self.view)), None)
        entries = list(self._entries(tabs, current)) if current else []
        if current and current.keeps and (query := self._query()):
            keeping = {tab.words for tab in tabs if tab.keeps}
            entries = [entry._replace(url=f"{entry.url}?{query}") if entry.words in keeping else entry for entry in entries]
        return entries if len(entries) > 1 else []

    @cached_property
    def first_tabs(self) -> list[Entry]:
        """Those that stand at first sight: the first, and the one on which the reader is."""
        few = len(self.tabs) <= FEW_TABS + 1
        return [tab for place, tab in enumerate(self.tabs) if few or place < FEW_TABS or tab.current]

    @property
    def more_tabs(self) -> list[Entry]:
        """The rest, behind a menu."""
        return [tab for tab in self.tabs if tab not in self.first_tabs]

    def _query(self) -> str:
        query = self.request.GET.copy()
        for passing in ("page", "open"):
            query.pop(passing, None)
        return query.urlencode()

    @cached_property
    def menu(self) -> tuple[Entry, ...]:
        return tuple(self._entries(MENU, None))

    @cached_property
    def search(self) -> str | None:
        return path_to(SEARCH.url) if open_to(self.user, SEARCH) else None

    @cached_property
    def create(self) -> Entry | None:
        return next(self._entries((CREATE,), None), None)

    def signal(self) -> Entry | None:
        return next(self._entries((SIGNAL,), None), None)

    def waiting(self) -> int:
        """How many asks wait for the reader: those that Home shows, which has counted them already."""
        if (counted := getattr(self.request, "waiting", None)) is not None:
            return int(counted)
        return len(answerable(self.user, asked(self.user.pk))) if isinstance(self.user, User) else 0

    @property
    def told(self) -> list[dict[str, str]]:
        """What the product says to the reader on this page, and only on this one."""
        return self.user.hear() if isinstance(self.user, User) else []

    def home(self) -> str:
        return path_to(HOME.url) or "/"


def frame(request: HttpRequest) -> dict[str, Any]:
    shown = {"company": settings.COMPANY, "currency": settings.CURRENCY, "demo": settings.DEMO}
    return {**shown, "frame": Frame(request)} if hasattr(request, "user") else shown
