"""The only place that reads the clock. Days are counted in somebody's time zone, never in the server's."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _pretended.get() or timezone.now()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let it be `instant` within the block: the demo world's past is acted out, and run_due plays the days to come."""
    token = _pretended.set(instant)
    try:
        yield
    finally:
        _pretended.reset(token)


def today(zone: str | ZoneInfo | None = None) -> date:
    """Today's date in `zone` (an IANA name), or in the zone that is active for this request."""
    instant = now()
    if zone is None:
        return timezone.localdate(instant)
    return instant.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


def day_of(instant: datetime, zone: str | ZoneInfo | None = None) -> date:
    """The date on which `instant` falls in `zone`, or in the company's zone: for days that are kept, whoever reads them."""
    place = zone or settings.TIME_ZONE
    return instant.astimezone(ZoneInfo(place) if isinstance(place, str) else place).date()


def company_day() -> date:
    """Today in the company's zone, whoever acts: for what is kept with the same day for every reader."""
    return day_of(now())
