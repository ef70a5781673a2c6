"""The cells of the dashboard's tables, written in Python and kept.

There are about a thousand of them; a template takes ten times as long, and most read the same a minute later and for the next
reader of the same rights. What is kept is a function of the values written and of the language, and of nothing else.
"""

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from functools import lru_cache, wraps
from typing import NamedTuple, ParamSpec

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from initiatives.boards.reports.abroad import Unpriced
from initiatives.boards.reports.figures import Amount, Count
from initiatives.core.templatetags.words import rounded

P = ParamSpec("P")
KEPT = 20_000
NOTHING = '<td data-number{}><span class="none">0</span></td>'


class Part(NamedTuple):
    """A piece of a department's bar: 0 to 100, from where on, and how wide."""

    key: str
    words: str
    number: int
    url: str
    start: str
    width: str


def kept(write: Callable[P, SafeString]) -> Callable[P, SafeString]:
    """Remember what was written of the same values in the same language."""

    @lru_cache(maxsize=KEPT)
    def written(language: str | None, *values: Hashable) -> SafeString:
        return write(*values)  # type: ignore[call-arg,arg-type]  # the values that `once` was given

    @wraps(write)
    def once(*values: P.args, **named: P.kwargs) -> SafeString:
        return written(get_language(), *values, *named.values())

    return once


def joined(cells: Iterable[SafeString]) -> SafeString:
    written = list(cells)
    return format_html("{}" * len(written), *written)


@kept
def counted(count: Count) -> SafeString:
    """How many, as the way to the list of exactly these."""
    if not count.number:
        return format_html(NOTHING, "")
    return format_html('<td data-number><a href="{}">{}</a></td>', count.url, count.text)


@kept
def total(count: Count) -> SafeString:
    if not count.number:
        return format_html('<td data-number class="own-total"><span class="none">{}</span></td>', 0)
    return format_html('<td data-number class="own-total"><a href="{}">{}</a></td>', count.url, count.text)


def amounts(money: tuple[Amount, ...]) -> SafeString:
    """The amounts of a row, or one cell that says that they are withheld, and of how many."""
    first = money[0]
    if first.number is None:
        hidden = f" ({first.hidden})" if first.hidden else ""
        return format_html('<td data-number colspan="{}"><span class="withheld">withheld{}</span></td>', len(money), hidden)
    return joined(_amount(amount.number or Decimal(0), amount.url, amount.without) for amount in money)


@kept
def _amount(number: Decimal, url: str, without: Unpriced) -> SafeString:
    if not number and not without:
        return format_html(NOTHING, "")
    if not without:
        return format_html('<td data-number><a href="{}">{}</a></td>', url, rounded(number))
    said = "<br><small>{} {}<br>has no rate</small>"
    lines = joined(format_html(said, currency, rounded(amount)) for currency, amount in without)
    return format_html('<td data-number><a href="{}">{}</a>{}</td>', url, rounded(number), lines)


@kept
def bar(who: str, parts: tuple[Part, ...]) -> SafeString:
    """A department's initiatives by health, each piece the way to its list."""
    if not parts:
        return format_html('<td class="own-bar">{}</td>', "")
    piece = (
        '<a href="{url}" aria-label="{words}: {number}"><title>{words}: {number}</title>'
        '<rect data-part="{key}" x="{start}%" y="0" width="{width}%" height="100%"/></a>'
    )
    pieces = joined(format_html(piece, **part._asdict()) for part in parts)
    drawing = '<td class="own-bar"><svg role="group" aria-label="{}, by health" width="100%" height="14">{}</svg></td>'
    return format_html(drawing, who, pieces)
