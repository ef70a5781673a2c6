"""How much of a pool may be committed and spent: judged with each posting, under the lock of the pool's row."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from initiatives.core.rules import RuleBroken
from initiatives.funding.models.keeping import PostingControl
from initiatives.funding.models.posting import Act, may_post
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.funding.models.pools import Pool


class Mark(NamedTuple):
    """That a posting goes beyond its pool's limit: in words that tell no figure of the pool, and whether it is refused."""

    words: str
    stops: bool


def mark_of(pool: "Pool", act: Act, amount: Decimal) -> Mark | None:
    """What the pool's limit says about so much more; None where it says nothing. The same as in the trigger `move_money`."""
    if pool.post_control == PostingControl.OFF or act not in (Act.COMMITTED, Act.SPENT):
        return None
    used = amount + pool.spent + (pool.committed if act == Act.COMMITTED else 0)
    limit = pool.appropriated * pool.post_limit
    if used * 100 <= limit:
        return None
    stops = pool.post_control == PostingControl.STOP and used * 10_000 > limit * (100 + pool.post_tolerance)
    return Mark(f"This goes beyond the limit of {pool}: {pool.posting_words}", stops)


def obstacle_to_let_pass(by: User, owner: int | None) -> str | None:
    """Say in one sentence why `by` cannot post beyond a pool's limit, or None."""
    if not may_post(by):
        return "Only finance posts beyond a pool’s limit."
    return "Who owns what the money is for does not post beyond a pool’s limit." if by.pk == owner else None


def judged(act: Act, parts: "Iterable[tuple[Pool, Decimal]]", *, by: User, owner: int | None, because: str) -> dict[str, Any]:
    """What the journal keeps of it: that it goes beyond a limit, and why it was let pass; refused where nobody says why."""
    together: dict[Pool, Decimal] = {}
    for pool, amount in parts:
        together[pool] = together.get(pool, Decimal(0)) + amount
    marks = [mark for pool, amount in together.items() if (mark := mark_of(pool, act, amount))]
    stopped = next((mark for mark in marks if mark.stops), None)
    if stopped and not because.strip():
        raise RuleBroken(stopped.words)
    if stopped and (obstacle := obstacle_to_let_pass(by, owner)):
        raise RuleBroken(obstacle)
    return {"over_limit": bool(marks), "because": because.strip() if stopped else ""}
