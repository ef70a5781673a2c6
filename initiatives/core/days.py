"""Days in sentences, written as on pages."""

from datetime import date

from django.utils import formats


def written(day: date | None) -> str:
    """ "3 Nov 2026"; a dash for no day."""
    return formats.date_format(day, "j M Y") if day is not None else "–"
