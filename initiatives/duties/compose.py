"""Make the mail of a letter at the moment of sending, from what is true then."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from initiatives.duties.models import Letter
from initiatives.organization import letters

Fresh = Callable[[Letter], Mapping[str, Any]]


class Needless(Exception):
    """The letter is not to be sent any more; `str(error)` says why."""


_FRESH: dict[str, Fresh] = {}


def fresh(template: str, facts: Fresh) -> None:
    """Register what a template is filled with, read when the letter is sent. `facts` may raise Needless."""
    if _FRESH.setdefault(template, facts) != facts:
        raise ValueError(f"Two sources of facts for the letter {template}")


def _facts(letter: Letter) -> Mapping[str, Any]:
    if letter.template in _FRESH:
        return _FRESH[letter.template](letter)
    facts = letters.contents(letter.template, letter.recipient, letter.context)
    if facts is None:
        raise Needless("What it tells about is no longer so.")
    return facts


def mail(letter: Letter, *, now: datetime) -> EmailMultiAlternatives:
    """The mail of this letter, for one reader, in the reader's language and time zone; Needless when nothing is to be said."""
    reader = letter.recipient
    if reader is not None and not reader.is_active:
        raise Needless("The reader left.")
    zone = reader.zone if reader else settings.TIME_ZONE
    with timezone.override(zone), translation.override(reader.locale if reader else settings.LANGUAGE_CODE):
        facts = _facts(letter)
        context = {**facts, "reader": reader, "company": settings.COMPANY, "site": settings.PUBLIC_URL}
        name = f"letters/{letter.template}"
        subject = " ".join(render_to_string(f"{name}.txt#subject", context).split())[:150]
        text = render_to_string(f"{name}.txt", context)
        html = render_to_string(f"{name}.html", context)
    message = EmailMultiAlternatives(
        subject=subject,
        body=text.strip() + "\n",
        to=[reader.email if reader else letter.address],
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(html, "text/html")
    return message
