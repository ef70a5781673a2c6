"""The stations of the ownership map, written here because there may be three hundred of them (docs/STYLE.md)."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from initiatives.core.templatetags.words import rounded
from initiatives.journey.models import State
from initiatives.journey.reports.holdings import STALE, Holding
from initiatives.journey.reports.looking_at_map import Look
from initiatives.organization.models import Department

register = template.Library()

# What stands in the sign beside the department's code, or instead of it: shape, letters and word, never colour alone.
SIGNS = {State.UNOWNED: "✕", State.PROPOSED: "{}?", State.CONTESTED: "{}⇄", State.VACANT: "{}○", STALE: "{}", State.OWNED: "{}"}
STATION = (
    '<li><a class="station" href="{}" data-state="{}" data-hue="{}" data-moment="{}"><b aria-hidden="true"><i>{}</i></b>'
    '<span class="station-about"><span class="station-name">{}</span> <span class="station-facts">{}</span></span></a></li>'
)


@register.simple_tag
def stations(found: Iterable[Holding], departments: Mapping[int, Department], hues: Mapping[int, int], base: str) -> SafeString:
    """A list of stations; `base` is the path under which touchpoints stand."""
    rows = (_row(one, departments, hues, base) for one in found)
    return format_html('<ul class="stations">{}</ul>', format_html_join("", STATION, rows))


def _row(one: Holding, departments: Mapping[int, Department], hues: Mapping[int, int], base: str) -> tuple[object, ...]:
    unit = departments.get(one.department or 0)
    sign = SIGNS[one.shown].format(unit.code[:4] if unit else "")
    said = [f"{state_words(one.shown)}{_of(unit)}.", f"{_('Weight')} {rounded(one.weight)}."]
    said += [f"{_('Moment of truth')}."] if one.moment else []
    moment, hue = "yes" if one.moment else "no", hues.get(one.department or 0, "none")
    return (f"{base}{one.reference}/", one.shown, hue, moment, sign, one.title, " ".join(said))


def _of(unit: Department | None) -> str:
    return f", {unit.name}" if unit else ""


@register.filter
def state_words(shown: str) -> str:
    """The word for a state as pages show it."""
    return str(Look.STATES[shown])


@register.filter
def of(mapping: Mapping[int, object], key: int | None) -> object:
    """`{{ departments|of:row.department }}`: what stands at a key, or nothing."""
    return mapping.get(key) if key is not None else None


@register.filter
def percent(value: object) -> str:
    """A part of one as a percentage: 0.714 is "71 %"; None is a dash."""
    return "–" if value is None else f"{round(float(value) * 100)}\u00a0%"  # type: ignore[arg-type]  # a Decimal


@register.filter
def points(value: object) -> str:
    """A difference of two shares, in points: 0.083 is "8"."""
    return "–" if value is None else f"{round(float(value) * 100)}"  # type: ignore[arg-type]  # a Decimal


@register.filter
def width(value: object) -> str:
    """A part of one as an SVG length: "71.4%"."""
    return f"{float(value or 0) * 100:.1f}%"  # type: ignore[arg-type]  # a Decimal
