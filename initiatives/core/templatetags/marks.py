"""Small marks that stand a hundred times on a page: health, status, person, department, progress, and when.

They are written here and not in templates because an included template costs ten times as much, which a list of a
hundred rows shows (docs/STYLE.md).
"""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline

from initiatives.core.templatetags.words import ago

register = template.Library()

# Shape, word and colour, so that none of them is needed alone: circle, triangle, square, dash.
SHAPES = {
    "green": '<circle cx="6.5" cy="6.5" r="5"/>',
    "amber": '<path d="M6.5 1.4 12 11.4H1Z" stroke-linejoin="round"/>',
    "red": '<rect x="1.75" y="1.75" width="9.5" height="9.5" rx="1"/>',
    "unknown": '<path d="M1.5 6.5h10" stroke-width="2.5" stroke-linecap="round"/>',
}
MARKS = {
    (health, stale): f'<span class="health" data-health="{health}"{" data-stale" if stale else ""}>'
    f'<svg viewBox="0 0 13 13" aria-hidden="true">{shape}</svg><span>{{}}</span>{{}}</span>'
    for health, shape in SHAPES.items()
    for stale in (False, True)
}
HEALTH = {"green": "On track", "amber": "At risk", "red": "Off track"}
TONES = {
    "info": "proposed assessed prioritised funded submitted",
    "good": "active accepted approved allocated completed realised published met owned",
    "warn": "paused lapsed contested vacant",
    "bad": "declined cancelled withdrawn failed unowned",
}
TONE_OF = {status: tone for tone, statuses in TONES.items() for status in statuses.split()}


def health_words(value: str | None, stale: bool = False) -> str:
    """What a health is called: "On track", "Stale, was amber", "No report"."""
    if value not in HEALTH:
        return _("No report")
    return _("Stale, was %(health)s") % {"health": value} if stale else _(HEALTH[value])


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, size: str = "") -> str:
    """A drawing that says nothing which the words beside it do not say; size: mini. The library draws it anew each time."""
    return (heroicon_mini if size == "mini" else heroicon_outline)(name, aria_hidden="true")


@register.simple_tag
def health(value: str | None, on: Any = None, stale: bool = False) -> SafeString:
    """Shape, word and colour of a health; `stale` says that the report is too old to count on."""
    when = format_html(" <small>{}</small>", ago(on)) if on else ""
    mark = MARKS[value, bool(stale)] if value in HEALTH else MARKS["unknown", False]
    return format_html(mark, health_words(value, stale), when)


@register.simple_tag
def badge(words: Any, tone: str = "") -> SafeString:
    """One word that marks a state; tone: good, warn, bad, info, or none."""
    return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)


@register.simple_tag
@lru_cache(maxsize=500)
def status(value: str, words: str = "") -> SafeString:
    """A status as a badge: `{% status x.status x.get_status_display %}`."""
    return badge(words or str(value).replace("_", " ").capitalize(), TONE_OF.get(str(value), ""))


@register.simple_tag
def person(who: Any, nobody: str = "") -> SafeString:
    """A person's initials and name; for None the words `nobody`."""
    if not who:
        return format_html('<span class="nobody">{}</span>', nobody or _("Nobody yet"))
    name = str(who)
    if who.is_active:
        form, left = '<span class="person">{}<span>{}</span></span>', ""
    else:
        form, left = '<span class="person" data-gone>{}<span>{} <small>({})</small></span></span>', _("left")
    letters = format_html('<span class="person-initials" aria-hidden="true">{}</span>', _initials(name))
    return format_html(form, letters, name, left)


@register.filter
def initials(name: Any) -> str:
    """The first letters of the first and last name: "Ada B. Lovelace" → "AL"."""
    return _initials(str(name))


@lru_cache(maxsize=2000)
def _initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[:1].isalpha()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:])) or "–"


@register.simple_tag
def department(unit: Any, url: str = "") -> SafeString:
    """A department's code, its name in the title; with `url` a link."""
    if not unit:
        return format_html('<span class="quiet">{}</span>', "–")
    if not url:
        return format_html('<abbr class="department" title="{}">{}</abbr>', unit.name, unit.code)
    form = '<a class="department" href="{}" title="{}">{}<span class="hidden-visually"> {}</span></a>'
    return format_html(form, url, unit.name, unit.code, unit.name)


@register.simple_tag
def progress(percent: int | None, words: str = "") -> SafeString:
    """How far something is, 0 to 100; None: it runs, nobody knows how far."""
    words = words or _("complete")
    if percent is None:
        return format_html('<span class="progress"><progress class="bar" max="100" aria-label="{}"></progress></span>', words)
    bar = format_html('<progress class="bar" max="100" value="{}" aria-label="{}"></progress>', int(percent), words)
    return format_html('<span class="progress">{}<span>{}\u00a0%</span></span>', bar, int(percent))
