"""Parts of pages that hardly ever change, drawn once and kept: the rail, the menu, the links to style sheets, an empty place.

Most of a small page's cost was drawing the same frame again and again. A kept template sees nothing but the values that are
written beside its name, no request and no reader, so that what is kept for one reader cannot hold what is another's.
"""

from functools import lru_cache
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


forget = _drawn.cache_clear
