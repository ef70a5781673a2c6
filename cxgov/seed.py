"""A company of any size for benchmarks: initiatives with people, money, check-ins, asks and a map in proportion.

Unlike the demo world it is not acted out but written in bulk, which the database's own rules still have to accept. The same
seed gives the same company. Everybody signs in as <part>@seed.example: cxo, ceo, finance, auditor, administrator, head-d01 ….
"""

from datetime import date, timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection

from cxgov.seed_map import Map
from cxgov.seed_money import Money, analyze
from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.duties.models import Obligation
from initiatives.funding.models import CostObject
from initiatives.organization import projections
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.portfolio.models import CheckIn, Initiative, Involvement, Letter, State, Status
from initiatives.portfolio.models.asking import CHECK_IN
from initiatives.portfolio.models.words import stale_after

DOMAIN = "seed.example"
PASSWORD = "a-seeded-passphrase"  # noqa: S105 - of people who exist in benchmarks only
CHECK_INS = 10  # of every initiative that was launched
CONFIDENTIAL = 0.03
STATUSES = {  # share of all initiatives
    Status.DRAFT: 5,
    Status.PROPOSED: 10,
    Status.ASSESSED: 8,
    Status.PRIORITISED: 7,
    Status.FUNDED: 5,
    Status.ACTIVE: 50,
    Status.PAUSED: 3,
    Status.COMPLETED: 8,
    Status.DECLINED: 3,
    Status.CANCELLED: 1,
}
STOPPED = (Status.PAUSED, Status.COMPLETED)
LAUNCHED = (Status.ACTIVE, *STOPPED)
RANKED = (Status.PRIORITISED, Status.FUNDED)
WANTING = (*LAUNCHED, *RANKED)  # these ask for money
NOUNS = ("queue", "sign", "shuttle", "counter", "app", "lounge", "gate", "refund", "voucher", "call", "form", "delivery")
VERBS = ("Shorten the", "Explain the", "Rebuild the", "One answer about the", "Measure the", "Open the", "Simplify the")


def seed(number: int, size: int) -> None:
    """Write a company with `size` initiatives into an empty database; `number` chooses which.

    Money is moved in many small transactions: each moves the same pools' balances, and within one transaction the database
    would have to step over every earlier version of them.
    """
    Seed(number, size).write()
    analyze()


class Seed:
    def __init__(self, number: int, size: int) -> None:
        self.dice, self.size = Random(number), size  # noqa: S311 - repeatable, not secret
        self.today = clock.today(settings.TIME_ZONE)
        self.codes = [f"D{place:02}" for place in range(1, max(12, min(60, size // 150)) + 1)]

    def write(self) -> None:
        self.hire()
        money = Money(self.dice, self.size, self.today, self.departments, self.people)
        money.open_pools()
        self.start_initiatives()
        self.involve()
        self.report()
        money.fund([row for row in self.initiatives if row.status in WANTING])
        self.stop()
        self.ask()
        owners = [(department, self.people[f"head-{department.code.lower()}"]) for department in self.departments]
        Map(self.dice, self.size, owners, self.people["cxo"]).write()
        projections.rebuild()

    def day(self, before: int) -> date:
        return self.today - timedelta(days=before)

    def hire(self) -> None:
        """A head and a deputy for each department, and one contributor for every twenty initiatives."""
        groups = Group.objects.bulk_create(Group(name=f"stewards of {code}") for code in self.codes)
        self.departments = Department.objects.bulk_create(
            Department(code=code, name=f"Department {code}", cost_centre=code, stewards=group)
            for code, group in zip(self.codes, groups, strict=True)
        )
        company = {kind: kind.value for kind in (RoleKind.CXO, RoleKind.CEO, RoleKind.AUDITOR, RoleKind.ADMINISTRATOR)}
        parts: list[tuple[str, RoleKind, Department | None]] = [(name, kind, None) for kind, name in company.items()]
        parts += [("finance", RoleKind.FINANCE, None), ("finance-2", RoleKind.FINANCE, None)]
        for department in self.departments:
            code = department.code.lower()
            parts += [(f"head-{code}", RoleKind.HEAD, department), (f"deputy-{code}", RoleKind.DEPUTY, department)]
        parts += [
            (f"contributor-{place}", RoleKind.CONTRIBUTOR, self.departments[place % len(self.departments)])
            for place in range(max(2 * len(self.departments), self.size // 20))
        ]
        password = make_password(PASSWORD)
        people = User.objects.bulk_create(
            User(email=f"{part}@{DOMAIN}", name=part.replace("-", " ").title(), password=password) for part, _, _ in parts
        )
        Role.objects.bulk_create(
            Role(person=person, kind=kind, department=department, starts=self.day(800))
            for person, (_, kind, department) in zip(people, parts, strict=True)
        )
        self.people = {part: person for (part, _, _), person in zip(parts, people, strict=True)}
        self.contributors: dict[int, list[User]] = {department.pk: [] for department in self.departments}
        for person, (_, kind, home) in zip(people, parts, strict=True):
            if kind == RoleKind.CONTRIBUTOR and home is not None:
                self.contributors[home.pk].append(person)

    def start_initiatives(self) -> None:
        costs = CostObject.objects.bulk_create(CostObject() for _ in range(self.size))
        weights = list(STATUSES.values())
        rows = []
        for place, cost in enumerate(costs, start=1):
            lead = self.dice.choice(self.departments)
            status = self.dice.choices(list(STATUSES), weights)[0]
            answered = status not in (Status.DRAFT, Status.PROPOSED) or self.dice.random() < 0.3
            owner = self.dice.choice(self.contributors[lead.pk])
            cost.department, cost.owner = lead, owner if answered else None
            starts = self.day(self.dice.randrange(30, 700))
            rows.append(
                Initiative(
                    reference=f"CX-{place:03}",
                    title=f"{self.dice.choice(VERBS)} {self.dice.choice(NOUNS)} {place}",
                    problem="Customers wait, ask twice and are told three different things.",
                    hypothesis="One measured answer, shown everywhere, halves the complaints.",
                    category=self.dice.choice(("process", "IT", "content", "people")),
                    lead_department=lead,
                    sponsor=self.people[f"head-{lead.code.lower()}"],
                    starts_on=starts,
                    ends_on=starts + timedelta(days=self.dice.randrange(60, 900)),
                    status=status,
                    cost_object=cost,
                    accountable_department=lead if answered else None,
                    accountable_person=owner if answered else None,
                    confidential=self.dice.random() < CONFIDENTIAL,
                    created_by=owner,
                )
            )
        for rank, row in enumerate((row for row in rows if row.status in RANKED), start=1):
            row.rank, row.rank_reason = rank, "Most value for least effort."
        CostObject.objects.bulk_update(costs, ["department", "owner"], batch_size=2000)
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('portfolio_reference', %s)", [self.size])
        ends = [Status(row.status) for row in rows]
        for row in rows:
            row.status = Status.ACTIVE if row.status in STOPPED else row.status
        self.initiatives = Initiative.objects.bulk_create(rows, batch_size=2000)
        for row, status in zip(self.initiatives, ends, strict=True):
            row.status = status
        actor = self.people["cxo"]
        Event.objects.bulk_create(
            (
                Event(
                    actor=actor,
                    actor_name=actor.name,
                    verb="portfolio.initiative.created",
                    subject_type="portfolio.initiative",
                    subject_id=row.pk,
                )
                for row in self.initiatives
            ),
            batch_size=5000,
        )

    def involve(self) -> None:
        """The lead is accountable; one or two other departments take part, some have not answered."""
        rows = []
        for initiative in self.initiatives:
            lead, owner = initiative.lead_department, initiative.accountable_person
            state = State.ACCEPTED if owner else State.PROPOSED
            rows.append(Involvement(initiative=initiative, department=lead, letter=Letter.ACCOUNTABLE, person=owner, state=state))
            others = [department for department in self.dice.sample(self.departments, 2) if department.pk != lead.pk]
            for department in others:
                person = self.dice.choice(self.contributors[department.pk])
                state = State.ACCEPTED if self.dice.random() < 0.8 else State.PROPOSED
                letter = self.dice.choice((Letter.RESPONSIBLE, Letter.CONSULTED, Letter.INFORMED))
                rows.append(Involvement(initiative=initiative, department=department, letter=letter, person=person, state=state))
        Involvement.objects.bulk_create(rows, batch_size=5000)

    def report(self) -> None:
        """Ten check-ins for what was launched; one in ten has none yet, some are old."""
        reports, reported = [], []
        for initiative in self.initiatives:
            if initiative.status not in LAUNCHED or self.dice.random() < 0.1:
                continue
            last = self.dice.randrange(1, 60)
            for place in range(CHECK_INS):
                before = last + 28 * (CHECK_INS - 1 - place)
                health = self.dice.choices(("green", "amber", "red"), (6, 3, 1))[0]
                reports.append(
                    CheckIn(
                        initiative=initiative,
                        at=clock.now() - timedelta(days=before),
                        author=initiative.accountable_person,
                        health=health,
                        percent=10 * (place + 1),
                        done="Piloted with the first team; the second follows.",
                        next_steps="Roll out to the remaining sites.",
                    )
                )
            initiative.health, initiative.health_on, initiative.percent = health, self.day(last), 100
            initiative.stale_on = stale_after(self.day(last), initiative.cadence_days)
            reported.append(initiative)
        CheckIn.objects.bulk_create(reports, batch_size=5000)
        Initiative.objects.bulk_update(reported, ["health", "health_on", "stale_on", "percent"], batch_size=2000)

    def stop(self) -> None:
        """What was paused or completed had its money committed before."""
        for status in STOPPED:
            some = [row.pk for row in self.initiatives if row.status == status]
            Initiative.objects.filter(pk__in=some).update(status=status)

    def ask(self) -> None:
        """Everybody who answers for an active initiative is asked for a check-in."""
        Obligation.objects.bulk_create(
            (
                Obligation(
                    kind=CHECK_IN,
                    subject_type="portfolio.initiative",
                    subject_id=row.pk,
                    person=row.accountable_person,
                    department=row.accountable_department,
                    words=f"Report on {row.reference}",
                    url=f"/initiatives/{row.reference}/check-in/",
                    due_on=self.day(self.dice.randrange(-20, 15)),
                    opened_at=clock.now() - timedelta(days=self.dice.randrange(1, 40)),
                )
                for row in self.initiatives
                if row.status == Status.ACTIVE
            ),
            batch_size=5000,
        )
