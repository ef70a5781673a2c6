"""Words for values: money, days, instants, shares. Nothing here decides anything; it only says what is there."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode
from django.utils import formats, timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from initiatives.core import clock

register = template.Library()

CENT = Decimal("0.01")
HALF_A_DAY = timedelta(hours=12)
NARROW = "\u00a0"  # between a number and its unit: never broken


def number(value: Decimal | int | float, digits: int | None = 0) -> str:
    """A number as the reader's language writes it, with a true minus sign."""
    if digits is None:  # 1.5 and 1.50 are equal and are written differently
        return _number.__wrapped__(value, digits, "")
    return _number(value, digits, get_language())


@lru_cache(maxsize=10_000)
def _number(value: Decimal | int | float, digits: int | None, language: str | None) -> str:
    return formats.number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True).replace("-", "−")


@register.filter
def amount(value: Decimal | int | None) -> str:
    """An exact amount without its currency, for columns whose head names it: "1,234.50". Not given: "withheld"."""
    if value is None:
        return _("withheld")
    return number(Decimal(value).quantize(CENT, ROUND_HALF_EVEN), 2)


@register.filter
def whole(value: Decimal | int) -> str:
    """A number without its decimals, for counts and weights: "1,234"."""
    return number(value)


@register.filter
def money(value: Decimal | int | None, currency: str = "") -> SafeString:
    """An exact amount with its currency code. None was withheld, which is not zero."""
    if value is None:
        return format_html('<span class="withheld">{}</span>', _("withheld"))
    return format_html(
        '<span class="money"><span class="currency">{}</span>{}{}</span>', currency or settings.CURRENCY, NARROW, amount(value)
    )


@register.filter
def about(value: Decimal | int | None, currency: str = "") -> SafeString:
    """An amount in three digits, for figures whose exact value is a click away: "EUR 1.25 m", "EUR 310 k"."""
    if value is None:
        return money(None)
    return _about(Decimal(value), currency or settings.CURRENCY, get_language())


@lru_cache(maxsize=5000)
def _about(value: Decimal, currency: str, language: str | None) -> SafeString:
    return format_html(
        '<span class="money" title="{0} {1}"><span class="currency">{0}</span>{2}{3}</span>',
        currency,
        amount(value),
        NARROW,
        rounded(value),
    )


@register.filter
def rounded(value: Decimal | int) -> str:
    """An amount in three digits without its currency, for columns whose head names it: "310 k"."""
    exact = Decimal(value)
    for unit, size in ((_("bn"), 10**9), (_("m"), 10**6), (_("k"), 10**3)):
        if abs(exact) >= size:
            short = round(exact / size, max(0, 3 - len(str(abs(int(exact / size))))))
            return f"{number(short.normalize() + 0, None)}{NARROW}{unit}"
    return number(exact.quantize(Decimal(1)))


@register.simple_tag
def share(part: int, whole: int) -> str:
    """A percentage with its count, as every percentage is written: "73 % (38 of 52)". Of nothing: "none of 0"."""
    if not whole:
        return _("none of 0")
    percent = number(round(100 * part / whole))
    return f"{percent}{NARROW}% ({number(part)} {_('of')} {number(whole)})"


FIELDS = {
    "starts_on": "the start date",
    "ends_on": "the end date",
    "review_on": "the day of the next review",
    "cadence_days": "how often it is reported",
    "online": "whether it is online",
    "year_baseline": "the baseline of this year",
    "year_forecast": "the forecast of this year",
    "whole_life_cost": "the cost of its whole life",
    "external_id": "the id in the other system",
    "external_source": "the other system",
    "kind": "its kind",
}  # where the column's own name is not how people call it


@register.filter
def fields(changes: Mapping[str, Any]) -> str:
    """What an event changed, as people say it: "the end date, the reach"."""
    names = (FIELDS.get(name) or f"the {name.removesuffix('_id').replace('_', ' ')}" for name in changes if name != "version")
    return ", ".join(names)


@register.filter
def day(value: date | datetime | str | None) -> SafeString | str:
    """A day: "3 Nov 2026"; nothing for None. An event keeps a day as text."""
    if value is None:
        return "–"
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day(value, get_language())


@lru_cache(maxsize=5000)
def _day(value: date, language: str | None) -> SafeString:
    return format_html('<time datetime="{}" class="nowrap">{}</time>', value, _written(value, "j M Y", language))


@lru_cache(maxsize=5000)
def _written(value: date, form: str, language: str | None) -> str:
    """A day in words. Django's formatting reads the locale's files anew for each value; a list has hundreds."""
    return formats.date_format(value, form).replace(" ", NARROW)


@register.simple_tag
def ago(value: date | datetime | None, nothing: str = "–") -> SafeString | str:
    """How long ago, or how soon; the exact instant in the reader's zone stands in the title."""
    if value is None:
        return nothing
    language = get_language()
    if not isinstance(value, datetime):
        return _from_day(value, clock.today(), language)
    zone, now = timezone.get_current_timezone(), clock.now()
    machine, exact, day = _instant(value, zone, language)
    today = now.astimezone(zone).date()
    if abs(now - value) >= HALF_A_DAY and day != today:
        return _time(machine, exact, _days_between(day, today, language))
    return _time(machine, exact, _distance(now - value, language))


# A page says dozens of times how long ago something was, and the same to everybody: what does not change by the minute is kept.


@lru_cache(maxsize=5000)
def _from_day(value: date, today: date, language: str | None) -> SafeString:
    return _time(value.isoformat(), _written(value, "D j M Y", language), _days_between(value, today, language))


@lru_cache(maxsize=5000)
def _instant(value: datetime, zone: tzinfo, language: str | None) -> tuple[str, str, date]:
    """An instant in a zone: for machines, in words, and its day there."""
    local = value.astimezone(zone)
    exact = f"{_written(local.date(), 'D j M Y', language)}, {local:%H:%M} {local.tzname()}"
    return local.isoformat(timespec="seconds"), exact, local.date()


@lru_cache(maxsize=5000)
def _time(machine: str, exact: str, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, exact, words)


def _distance(passed: timedelta, language: str | None) -> str:
    """Within a day: minutes and hours."""
    minutes = int(abs(passed.total_seconds()) // 60)
    return _minutes(minutes if minutes < 60 else minutes // 60 * 60, passed > timedelta(0), language)


@lru_cache(maxsize=500)
def _minutes(minutes: int, over: bool, language: str | None) -> str:
    if not minutes:
        return _("just now")
    if minutes < 60:
        return _in_time(over, ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes})
    return _in_time(over, ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60})


@lru_cache(maxsize=5000)
def _days_between(day: date, today: date, language: str | None) -> str:
    """Days, months and years."""
    passed = today - day
    count = abs(passed.days)
    if count < 2:
        return (_("today"), _("yesterday"), _("tomorrow"))[passed.days]
    if count < 60:
        return _in_time(passed.days, ngettext("%(n)s day", "%(n)s days", count) % {"n": count})
    if count < 700:
        months = round(count / 30.44)
        return _in_time(passed.days, ngettext("%(n)s month", "%(n)s months", months) % {"n": months})
    years = round(count / 365.25)
    return _in_time(passed.days, ngettext("%(n)s year", "%(n)s years", years) % {"n": years})


def _in_time(passed: float, span: str) -> str:
    return _("%(span)s ago") % {"span": span} if passed > 0 else _("in %(span)s") % {"span": span}


@register.simple_tag(takes_context=True)
def again(context: template.Context, block: str) -> str:
    """The text of a block once more: a page's title is written once and stands in its head and on the page."""
    if BLOCK_CONTEXT_KEY not in context.render_context:
        return ""
    return " ".join(strip_tags(BlockNode(block, template.NodeList()).render(context)).split())
