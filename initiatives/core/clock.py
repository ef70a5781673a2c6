"""The only place that reads the clock. Days are counted in somebody's time zone, never in the server's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today(zone: str | ZoneInfo | None = None) -> date:
    """Today's date in `zone` (an IANA name), or in the zone that is active for this request."""
    instant = now()
    if zone is None:
        return timezone.localdate(instant)
    return instant.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
