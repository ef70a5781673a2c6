"""Play the beat up to an instant: write the reminders that fall due until then, and send them."""

import json
from argparse import ArgumentParser
from collections import Counter
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from initiatives.core import clock
from initiatives.duties import beat


class Command(BaseCommand):
    help = (
        "Do what beat would do from now until an instant, at each minute at which something falls due, as if it were then."
        " An instant that has passed is played alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", required=True, help="2026-05-04T09:00+02:00; without an offset in the company's zone")
        parser.add_argument("--json", action="store_true", help="print what it came to as JSON")

    def handle(self, *args: Any, until: str, **options: Any) -> None:
        end, total = _instant(until), Counter[str]()
        begin = min(clock.now(), end)
        for instant, came_to in beat.play(end):
            total.update(came_to)
            if not options["json"] and any(came_to.values()):
                self.stdout.write(f"{instant:%Y-%m-%d %H:%M} UTC: {_words(came_to)}")
        if options["json"]:
            self.stdout.write(json.dumps({"from": begin.isoformat(), "until": end.isoformat(), **total}))
        else:
            self.stdout.write(f"Until {end:%Y-%m-%d %H:%M} UTC: {_words(total)}")


def _instant(words: str) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    try:
        if len(words) == len("2026-05-04"):
            return datetime.combine(date.fromisoformat(words), time(23, 59), zone)
        found = datetime.fromisoformat(words)
    except ValueError:
        raise CommandError(f"“{words}” is not an instant such as 2026-05-04T09:00+02:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "nothing"
