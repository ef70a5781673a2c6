"""What waits: for one person, with where it goes if nobody answers, and for everybody, by department."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from initiatives.core import clock
from initiatives.core.prepared import prepared
from initiatives.core.templatetags.words import ago
from initiatives.duties.kinds import answerable, with_subjects
from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Obligation, ObligationQuerySet
from initiatives.organization.models import Department, User

SHOWN = ("kind", "subject_id", "department_id", "words", "url", "due_on", "opened_at", "person__name")
TOLD = (
    '<div><h3><a href="{}">{}</a></h3>{}<p class="ask-about">{}.</p></div>'  # beside it the answer
    '<p class="ask-due">{} {}</p>'
)


@dataclass(frozen=True)
class Waiting:
    """One row of "What waits for me" (templates/duties/obligation.html)."""

    obligation: Obligation
    today: date
    stand_in: bool  # asked of somebody else, for whom this person may answer
    goes_to: User | None  # who is told next when nobody answers …
    goes_on: date | None  # … and on which day

    @property
    def late(self) -> bool:
        return self.obligation.days_late(self.today) > 0

    @property
    def asked(self) -> SafeString:
        """When it was asked, of whom if not of the reader, and who is told next."""
        words = format_html(_("Asked {}"), ago(self.obligation.opened_at))
        if self.stand_in:
            words = format_html(_("{} of {}, for whom you stand in"), words, self.obligation.person)
        if self.goes_to:
            words = format_html(_("{}; goes to {} {} if nobody answers"), words, self.goes_to, ago(self.goes_on))
        return words

    @property
    def told(self) -> SafeString:
        """What is asked, about what, since when and until when; written here because Home tells ten."""
        ask = self.obligation
        about = format_html('<p class="ask-about">{}</p>', ask.subject) if ask.subject and not ask.answer else ""
        return format_html(TOLD, ask.url, ask.words, about, self.asked, _("due"), ago(ask.due_on))

    @property
    def place(self) -> str:
        """Where it stands on the page."""
        return f"ask-{self.obligation.pk}"

    @property
    def opens(self) -> str:
        """What the page's address says while the whole form of this answer is open."""
        return f"answer={self.obligation.pk}"


@prepared
def _asked(person: int) -> QuerySet[Obligation]:
    return Obligation.objects.open_now().asked_of(person).select_related("person").only(*SHOWN).soonest_first()


def asks_for(user: User) -> list[Obligation]:
    """What this person may answer now, soonest first: one query, and for each kind among the asks that of its `still`."""
    asked = _asked(user.pk) if user.is_active else []
    mine = set(answerable(user, [(ask.pk, ask.kind, ask.subject_id) for ask in asked]))
    return [ask for ask in asked if ask.pk in mine]


def explained(user: User, asks: list[Obligation], *, opened: str | None = None) -> list[Waiting]:
    """These asks as Home shows them: for each kind among them one query, that of its `subjects`.

    Who is told next is said of all of them, or of the one whose whole form is `opened` ("17") only: two queries, or none.
    """
    told = [ask for ask in asks if opened is None or str(ask.pk) == opened]
    ladder, today = Ladder(departments={ask.department_id for ask in told}) if told else None, user.today()
    rows = []
    for ask in with_subjects(asks):
        goes_to, goes_on = (ladder.next_rung(ask, today) if ladder and ask in told else None) or (None, None)
        rows.append(Waiting(ask, today, ask.person_id != user.pk, goes_to, goes_on))
    return rows


def waiting_for(user: User) -> list[Waiting]:
    """All of them."""
    return explained(user, asks_for(user))


@dataclass(frozen=True)
class Latency:
    """How long a department's answers are waited for."""

    department: Department | None
    waiting: int
    overdue: int
    oldest: datetime  # when the ask was opened that waits longest
    days: int  # how long that is


def _by_department(asks: ObligationQuerySet, today: date) -> QuerySet[Obligation, Any]:
    rows: Any = asks.open_now().order_by().values("department_id")
    counts = {"waiting": Count("pk"), "overdue": Count("pk", filter=Q(due_on__lt=today)), "oldest": Min("opened_at")}
    found: QuerySet[Obligation, Any] = rows.annotate(**counts).order_by("oldest", "department_id")
    return found


@prepared
def _all_by_department(today: date) -> QuerySet[Obligation, Any]:
    return _by_department(Obligation.objects.all(), today)


def waiting_by_department(
    user: User,
    now: datetime | None = None,
    *,
    mine: Collection[int] | None = None,
    departments: Mapping[int, Department] | None = None,
) -> list[Latency]:
    """Open asks whose subject this person may see, by department, the longest waiting first.

    Two queries for people who read everything; for others those of their own asks' kinds too. A page that has them already
    gives what the person may answer (`mine`) and the departments.
    """
    now = now or clock.now()
    today = now.astimezone(user.zone).date()
    if user.standing.sees_everything:
        rows = _all_by_department(today)
    else:
        rows = list(_by_department(Obligation.objects.visible_to(user, mine=mine), today))
    if departments is None:
        departments = Department.objects.in_bulk([row["department_id"] for row in rows if row["department_id"]])
    return [
        Latency(
            department=departments.get(row["department_id"]),
            waiting=row["waiting"],
            overdue=row["overdue"],
            oldest=row["oldest"],
            days=max((now - row["oldest"]).days, 0),
        )
        for row in rows
    ]
