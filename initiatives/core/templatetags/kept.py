"""Parts of pages that hardly ever change, drawn once and kept: the rail, the menu, the links to style sheets, an empty place.

Most of a small page's cost was drawing the same frame again and again. A kept template sees nothing but the values that are
written beside its name, no request and no reader, so that what is kept for one reader cannot hold what is another's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def kept(name: str, **values: Any) -> SafeString:
    """The template `name`, given these values alone; they must be hashable, and it must not ask for the time of day."""
    if settings.DEBUG:  # while templates are being written
        return render_to_string(name, values)
    return _drawn(name, get_language(), tuple((key, type(value), value) for key, value in values.items()))


@lru_cache(maxsize=2000)
def _drawn(name: str, language: str | None, values: tuple[tuple[str, type, Any], ...]) -> SafeString:
    """`type` tells apart what is equal but reads differently: 1 and True, a text and the same text marked as safe."""
    return render_to_string(name, {key: value for key, _, value in values})


@register.simple_tag
def sentence(event: Any) -> SafeString:
    """What happened, in words: the event's own sentence (templates/events/<verb>.html), or the general one.

    `event` is a row or its values. Events never change, and a sentence is told from the event alone; only the name of whom
    somebody stood in for is the one of today.
    """
    read: Callable[[str], Any] = event.get if isinstance(event, Mapping) else partial(getattr, event)
    stood_in_for = str(read("on_behalf_of")) if read("on_behalf_of_id") else ""
    happened = Happened(read("pk"), read("at"), read("verb"), stood_in_for, event)
    return _tell.__wrapped__(happened, "") if settings.DEBUG else _tell(happened, get_language())


@dataclass(frozen=True)
class Happened:
    """One event, known by what tells it from every other."""

    pk: int
    at: datetime
    verb: str
    stood_in_for: str
    event: Any = field(compare=False)


@lru_cache(maxsize=5000)
def _tell(happened: Happened, language: str | None) -> SafeString:
    return render_to_string([f"events/{happened.verb}.html", "events/event.html"], {"event": happened.event})


forget = _drawn.cache_clear
