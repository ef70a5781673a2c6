"""How a pool is kept, set as finance does it: one person proposes, another confirms."""

from typing import Any

from initiatives.funding.models import ControlChange, Pool
from initiatives.funding.models.keeping import CHOSEN
from tests.cast import Cast


def kept(cast: Cast, pool: Pool, **asked: Any) -> None:
    """Keep the pool so, where it is not kept so already."""
    pool.refresh_from_db()
    chosen = {name: set(getattr(pool, name).all()) for name in CHOSEN if name in asked}
    if any((chosen[name] if name in chosen else getattr(pool, name)) != value for name, value in asked.items()):
        change = ControlChange.objects.propose(pool, by=cast.finance, reason="The budget of the year", **asked)
        change.confirm(by=cast.second_finance)
        pool.refresh_from_db()
