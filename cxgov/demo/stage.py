"""The demo company on a day: who is who, and the list of what happens when."""

import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password

from cxgov.demo.actuals import Feed
from cxgov.demo.charter import Vote
from cxgov.demo.contests import Court
from cxgov.demo.control import Keeping
from cxgov.demo.habits import Habits
from cxgov.demo.handoffs import Handing
from cxgov.demo.plot import Plot
from cxgov.demo.readings import Readings
from cxgov.demo.rounds import Rounds
from cxgov.demo.scenarios import Planning
from cxgov.demo.systems import Systems
from cxgov.demo.transfers import Transfers
from cxgov.demo.voices import Voices
from cxgov.demo.walk import Walk
from cxgov.demo.world import (
    COMPANY_WIDE,
    CURRENCIES,
    DEPARTMENTS,
    DOMAIN,
    FUNDS,
    HOLIDAYS,
    LAST_YEAR,
    PASSWORD,
    POOLS,
    RANKED_ON,
    STORIES,
)
from initiatives.core import clock
from initiatives.decisions.models import Ranking
from initiatives.duties import beat
from initiatives.funding.models import BudgetChange, FiscalYear, Pool
from initiatives.organization.models import Department, Holiday, Role, User


def address(name: str) -> str:
    """Mona Okafor → mona.okafor@northport.example"""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{plain.replace(' ', '.')}@{DOMAIN}"


MAIL_IS_KEPT = "initiatives.duties.mailbox.KeepAsEml"  # through a real server nobody wants two weeks’ reminders at once
REMINDED = 14  # days whose reminders lie on the page "Mail"


class Stage:
    """The company on a day: who is who, and the list of what happens when."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.script: list[tuple[int, int, Callable[[], object]]] = []
        self.people: dict[str, User] = {}
        self.departments: dict[str, Department] = {}
        self.pools: dict[str, Pool] = {}
        self.last_year: FiscalYear
        self.year: FiscalYear

    def play(self) -> None:
        with self.on(400):
            self.found_the_company()
        with self.on(399):
            self.open_last_year()
        with self.on(335):
            self.open_the_pools()
        Walk(self).write()
        Handing(self).write()
        Court(self).write()
        Systems(self).write()
        Vote(self).write()
        for story in STORIES:
            Plot(self, story).write()
        Voices(self).write()
        Readings(self).write()
        Transfers(self).write()
        Keeping(self).write()
        Habits(self).write()
        Planning(self).write()
        Feed(self).write()
        for days_ago in RANKED_ON:
            self.plan(days_ago, self.publish_a_ranking)
        Rounds(self).write()
        if settings.EMAIL_BACKEND == MAIL_IS_KEPT:
            for days_ago in range(REMINDED):
                self.plan(days_ago, beat.ring)  # after all that happens on the day
        for days_ago, _, act in sorted(self.script, key=lambda line: (-line[0], line[1])):
            with self.on(days_ago):
                act()

    def on(self, days_ago: int) -> AbstractContextManager[None]:
        """Let it be ten in the morning of that day, in the company's time zone; today: this very moment at most."""
        morning = datetime.combine(self.today - timedelta(days=days_ago), time(10), ZoneInfo(settings.TIME_ZONE))
        return clock.at(min(morning, clock.now()))

    def plan(self, days_ago: int, act: Callable[[], object]) -> None:
        """Enter an act into the script; acts of one day happen in the order in which they were entered."""
        self.script.append((days_ago, len(self.script), act))

    # -- the company --------------------------------------------------------------------------------------------------

    def found_the_company(self) -> None:
        for kind, names in COMPANY_WIDE.items():
            for name in names:
                self.hire(name, kind)
        for code, (title, cost_centre, head, deputy, contributors) in DEPARTMENTS.items():
            department = Department.objects.establish(code=code, name=title, cost_centre=cost_centre, by=None)
            self.departments[code] = department
            self.hire(head, "head", department)
            if deputy:
                self.hire(deputy, "deputy", department)
            for name in contributors:
                self.hire(name, "contributor", department)
        self.people = {user.name: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}

        self.mark_the_holidays()

    def mark_the_holidays(self) -> None:
        """Last year's, this year's and the next."""
        for year in range(self.today.year - 1, self.today.year + 2):
            for (month, day), (name, code) in HOLIDAYS.items():
                Holiday.objects.add_holiday(
                    day=date(year, month, day), name=name, department=self.departments.get(code), by=self.administrator
                )

    def hire(self, name: str, kind: str, department: Department | None = None) -> None:
        user = User.objects.create_user(address(name), name)
        user.password = self.password_hash
        user.save(update_fields=["password"])
        Role.objects.grant(person=user, kind=kind, department=department, by=None)

    @cached_property
    def password_hash(self) -> str:
        """One password for all, hashed once: thirty-six Argon2 hashes would take longer than the story."""
        return make_password(PASSWORD)

    @cached_property
    def first_day(self) -> date:
        """Of the fiscal year of today."""
        return (self.today - timedelta(days=335)).replace(day=1)

    def open_last_year(self) -> None:
        last_day = self.first_day - timedelta(days=1)
        self.last_year = self.open_year((last_day - timedelta(days=360)).replace(day=1), last_day)
        for (code, name), amount in LAST_YEAR.items():
            self.open_pool(self.last_year, code, name, amount)

    def open_the_pools(self) -> None:
        self.year = self.open_year(self.first_day, (self.first_day + timedelta(days=370)).replace(day=1) - timedelta(days=1))
        for (code, name), amount in {**{(code, ""): amount for code, amount in POOLS.items()}, **FUNDS}.items():
            self.pools[name or code] = self.open_pool(self.year, code, name, amount)

    def open_year(self, starts: date, ends: date) -> FiscalYear:
        return FiscalYear.objects.create(name=f"FY {starts:%Y}/{ends:%y}", starts=starts, ends=ends)

    def open_pool(self, year: FiscalYear, code: str, name: str, amount: str) -> Pool:
        change = BudgetChange.objects.open_pool(
            year,
            self.departments.get(code),
            Decimal(amount),
            by=self.cxo,
            reason="Budget of the year",
            currency=CURRENCIES.get(code, settings.CURRENCY),
            name=name,
        )
        change.confirm(by=self.finance)
        return change.pool

    @property
    def administrator(self) -> User:
        return self.people[COMPANY_WIDE["administrator"][0]]

    @property
    def cxo(self) -> User:
        return self.people[COMPANY_WIDE["cxo"][0]]

    @property
    def finance(self) -> User:
        return self.people[COMPANY_WIDE["finance"][0]]

    @property
    def second_finance(self) -> User:
        return self.people[COMPANY_WIDE["finance"][1]]

    def head(self, code: str) -> User:
        return self.people[DEPARTMENTS[code][2]]

    def deliverer(self, code: str) -> User:
        """Who answers for an initiative of this department: a contributor, else the deputy, else the head."""
        _, _, head, deputy, contributors = DEPARTMENTS[code]
        return self.people[contributors[0] if contributors else deputy or head]

    def publish_a_ranking(self) -> None:
        """Rank what has been assessed by value for effort, as the model says."""
        ranking = Ranking.objects.draft()
        seen = ranking.mark(ranking.rows())
        ranking.publish("What every passenger meets comes first; then what costs least.", seen=seen, by=self.cxo)
