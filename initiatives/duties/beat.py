"""One round of the beat, and the rounds that a stretch of time would have had."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

from initiatives.core import clock
from initiatives.duties import departures, outbox, reminders, schedule
from initiatives.duties.models import Letter
from initiatives.organization.models import User

Clock = Callable[[], Mapping[str, int]]

_clocks: list[Clock] = []


def also(clock: Clock) -> None:
    """Let a room above turn its own clock before the letters of each round that is played; beat rings it by its own task."""
    _clocks.append(clock)


def ring() -> dict[str, int]:
    """Write what is due now and send it; may run twice, at once, or after a long silence. Returns what it came to."""
    now = clock.now()
    return {
        "handed_over": departures.follow_roles(),
        "digests": reminders.write_digests(now),
        "escalations": reminders.write_escalations(now),
        **asdict(outbox.deliver_all()),
    }


def play(until: datetime) -> Iterator[tuple[datetime, dict[str, int]]]:
    """Ring now and then at each later minute up to `until` at which anything can happen: a morning or a second try."""
    instant = clock.now()
    if until <= instant:
        instant = until
    zones = {user.zone for user in User.objects.active().order_by("time_zone").distinct("time_zone")}
    while True:
        with clock.at(instant):
            turned = {name: count for clock in _clocks for name, count in clock().items()}
            yield instant, {**turned, **ring()}
        if instant >= until:
            return
        morning = next(schedule.mornings(instant, until, zones), until)
        instant = min(morning, Letter.objects.next_due(after=instant) or until, until)
