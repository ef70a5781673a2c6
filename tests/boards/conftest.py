"""A small portfolio made at random, the same for the same seed: every status, health and owner, some confidential, with money."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest

from initiatives.core import clock
from initiatives.funding.models import CostObject
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative, Status
from initiatives.portfolio.models.grants import project
from tests.cast import Cast

World = Callable[..., list[Initiative]]
CODES = ("OPS", "SEC", "RET", "DIG")
PATH = ("draft", "proposed", "assessed", "prioritised", "funded", "active", "completed", "realised")
ASIDE = {"paused": "active", "declined": "assessed", "cancelled": "funded"}


def bring_to(initiative: Initiative, status: str) -> None:
    """Along the steps that the database allows."""
    before = ASIDE.get(status, status)
    for step in (*PATH[1 : PATH.index(before) + 1], *([status] if status in ASIDE else [])):
        Initiative.objects.filter(pk=initiative.pk).update(status=step)
    initiative.refresh_from_db()


def give_money(initiative: Initiative, asked: int, allocated: int, spent: int) -> None:
    with pgtrigger.ignore("funding.CostObject:kept_by_the_database"):
        CostObject.objects.filter(pk=initiative.cost_object_id).update(asked=asked, allocated=allocated, spent=Decimal(spent))


@pytest.fixture
def world(cast: Cast) -> World:
    def make(seed: int = 1, size: int = 24) -> list[Initiative]:
        chance, made, today = random.Random(seed), [], clock.today()
        for number in range(size):
            initiative = an_initiative(cast, f"Initiative {number}", chance.choice(CODES), owner=chance.choice((*CODES, "")))
            bring_to(initiative, chance.choice(Status.values) if number % 2 else "active")
            if chance.random() < 0.7:
                report(initiative, chance.choice(("green", "amber", "red")), today - timedelta(days=chance.choice((1, 20, 90))))
            give_money(initiative, chance.randrange(900), chance.randrange(500, 900), chance.randrange(500))
            if chance.random() < 0.25:
                Initiative.objects.filter(pk=initiative.pk).update(confidential=True)
                initiative.refresh_from_db()
                project(initiative)
            made.append(initiative)
        return made

    return make


def an_initiative(cast: Cast, title: str, lead: str = "OPS", owner: str = "", **fields: Any) -> Initiative:
    initiative = Initiative.objects.draft(
        by=cast.cxo, title=title, lead_department=cast.department(lead), problem="A queue.", **fields
    )
    if owner:
        initiative.propose_involvement(cast.department(owner), "A", by=cast.cxo).accept(by=cast.head(owner))
        initiative.refresh_from_db()
    return initiative


def report(initiative: Initiative, health: str, on: date) -> None:
    """As a check-in of that day would have left it."""
    Initiative.objects.filter(pk=initiative.pk).update(health=health, health_on=on, stale_on=on + timedelta(days=43))
    initiative.refresh_from_db()


def everybody(cast: Cast) -> list[User]:
    """One person of each role, and one without."""
    company = [cast.cxo, cast.ceo, cast.finance, cast.auditor, cast.administrator, cast.nobody]
    return [*company, cast.head("OPS"), cast.deputy("SEC"), cast.contributor("RET"), cast.head("HR")]
