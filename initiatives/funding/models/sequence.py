"""Which approvals a request needs, in which order, and who may give each: its pools, the further steps, finance."""

import json
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from initiatives.core import clock
from initiatives.funding.models.deciders import Authority, Line, financiers, holders, signers
from initiatives.funding.models.papers import Approval, RequestLine, State, Step, parts_of
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.seeds import Seeded
from initiatives.funding.models.step_laws import IF_SUBMITTED
from initiatives.funding.models.step_rules import Signer
from initiatives.organization.models import User

LAST = 100  # the place of finance: after all others


class Asked(NamedTuple):
    """One approval that a request needs: in which place, of what, and of which further step."""

    place: int
    step: Step
    pool: Pool | None
    amount: Decimal
    further: int | None = None
    signer: str = ""

    @property
    def key(self) -> tuple[str, int | None, int | None]:
        return self.step, self.pool.pk if self.pool else None, self.further


@dataclass(frozen=True)
class Due:
    """An approval that is not given yet, of how much, who may give it, first the one who is asked, whose limit is too low."""

    step: Step
    pool: Pool | None
    amount: Decimal
    currency: str
    people: list[User]
    passed: list[User]
    acting: dict[int, User]  # delegate → for whom they decide
    limits: dict[int, Decimal | None]  # person → up to which amount they decide
    further: int | None = None
    signer: str = ""
    now: bool = True  # whether it is its turn

    def __str__(self) -> str:
        words = Signer(self.signer).label if self.signer else self.step.label
        return f"{words}: {self.pool}" if self.pool else words


def needed(request: Seeded, lines: list[RequestLine]) -> list[Asked]:
    """Every approval that the request needs, given or not, in their order."""
    total = sum((line.amount for line in lines), Decimal(0))
    parts = {part.pool.pk: part for part in parts_of(lines)}
    asked = [Asked(0, Step.BUDGET, part.pool, part.amount) for part in parts.values()]
    for number, step in enumerate(request.steps, 1):
        part = parts.get(step["pool"])
        pool, amount = (part.pool, part.amount) if part else (None, total)
        asked.append(Asked(step["place"], Step.FURTHER, pool, amount, number, step["signer"]))
    return [*asked, Asked(LAST, Step.FINANCE, None, total)] if request.needs_finance(lines) else asked


def to_give(request: Seeded, *, ahead: bool = False) -> list[Due]:
    """The approvals whose turn it is; `ahead`: all that are not given yet, in their order."""
    return _waiting(request, ahead=ahead) if request.state == State.SUBMITTED else []


def would_need(request: Seeded) -> list[Due]:
    """The approvals that a draft will need, in their order, with who could give each, as if it were submitted today."""
    if request.state != State.DRAFT:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IF_SUBMITTED, {"day": clock.company_day(), "request": request.pk})
        (steps,) = cursor.fetchone()
    asked = copy(request)
    asked.steps = json.loads(steps) if isinstance(steps, str) else steps
    return _waiting(asked, ahead=True)


def _waiting(request: Seeded, *, ahead: bool) -> list[Due]:
    lines = request.lines_with_pools()
    given = set(request.given().values_list("step", "pool_id", "further"))
    waiting = [asked for asked in needed(request, lines) if asked.key not in given]
    if not waiting:
        return []
    first, apart, authority = waiting[0].place, request.kept_apart(), Authority.read()
    return [
        Due(
            asked.step,
            asked.pool,
            asked.amount,
            request.currency,
            *people(request, asked, authority, without=apart),
            asked.further,
            asked.signer,
            asked.place == first,
        )
        for asked in waiting
        if ahead or asked.place == first
    ]


def people(request: Seeded, asked: Asked, authority: Authority, *, without: Collection[int]) -> Line:
    """Who may give this approval today, first the one who is asked."""
    if asked.step == Step.FINANCE:
        return financiers(asked.amount, request.currency, authority, without=without)
    if asked.signer == Signer.ABOVE and asked.pool:
        return holders(asked.pool, asked.amount, authority, without=without, over=True)
    if asked.step == Step.BUDGET and asked.pool:
        return request.holders_of(asked.pool, asked.amount, authority, without=without)
    return signers(asked.signer, asked.amount, request.currency, authority, without=without)


def still_may(request: Seeded, approval: Approval, lines: list[RequestLine], authority: Authority) -> bool:
    """Whether the approver could give this approval today: role, limit and delegation are there still, and reach."""
    others = request.kept_apart() - {approval.by_id, approval.on_behalf_of_id or 0}
    key = approval.step, approval.pool_id, approval.further
    asked = next((asked for asked in needed(request, lines) if asked.key == key), None)
    if asked is None:
        return False
    line = people(request, asked, authority, without=others)
    principal = line.acting.get(approval.by_id)
    return approval.by in line.people and (principal.pk if principal else None) == approval.on_behalf_of_id
