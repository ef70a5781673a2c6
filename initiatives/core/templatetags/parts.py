"""Components that compute something before they are drawn: templates/ui/<name>.html holds their HTML."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from django import forms, template
from django.core.paginator import Page
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from initiatives.core.templatetags.kept import kept

register = template.Library()

ONE = {
    many: many.removesuffix("s")
    for many in (
        "answers",
        "candidates",
        "completed initiatives",
        "decisions",
        "files",
        "initiatives",
        "invitations",
        "letters",
        "lines",
        "problems",
        "readings",
        "requests",
        "signals",
        "systems",
        "touchpoints",
        "transfers",
    )
} | {"people": "person"}  # what pages count, where there is one of it

Context = dict[str, Any]

DASHES = BLANK_CHOICE_DASH[0][1]


@register.inclusion_tag("ui/field.html")
def field(bound: forms.BoundField, wide: bool = False) -> Context:
    """One field of a form: label above, help under it, error at it."""
    widget = bound.field.widget
    _name_the_empty_choice(bound.field)
    return {
        "field": bound,
        "wide": wide,
        "group": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "tick": isinstance(widget, forms.CheckboxInput),
    }


def _name_the_empty_choice(asked: forms.Field) -> None:
    """Say in words what no choice means, where Django writes a row of dashes."""
    words = _("Choose one") if asked.required else _("None")
    if isinstance(asked, forms.ModelChoiceField):
        if asked.empty_label == DASHES:
            asked.empty_label = words
            asked.widget.choices = asked.choices
    elif isinstance(asked, forms.ChoiceField) and isinstance(asked.choices, list) and ("", DASHES) in asked.choices:
        asked.choices = [(value, words if label == DASHES else label) for value, label in asked.choices]


@register.simple_tag(takes_context=True)
def column(context: template.Context, words: str, key: str = "", number: bool = False) -> SafeString:
    """A table's head cell; with `key` it sorts by ?sort=key, and by ?sort=-key when clicked again."""
    asked = context["request"].GET
    now = asked.get("sort") or str(context.get("sort") or "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "") if key else ""
    query = _sorted_by(asked.urlencode(), f"-{key}" if order == "ascending" else key) if key else ""
    return kept("ui/column.html", words=words, key=key, order=order, number=number, query=query)


@lru_cache(maxsize=1000)
def _sorted_by(asked: str, sort: str) -> str:
    """The same query from the first page on, in another order: a table has ten heads, and a query is dear to copy."""
    query = QueryDict(asked, mutable=True)
    query["sort"] = sort
    query.pop("page", None)
    query.pop("open", None)
    return query.urlencode()


@register.simple_tag(takes_context=True)
def pagination(context: template.Context, page: Page[Any], of: str = "") -> SafeString:
    """Page numbers, the range shown and the total; `of` names what is counted, as many or, where it stands here, as one."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query.pop("open", None)
    rest = f"&{query.urlencode()}" if query else ""
    return kept(
        "ui/pagination.html",
        pages=tuple(_numbers(page)) if page.has_other_pages() else (),
        number=page.number,
        last=page.paginator.num_pages,
        shown=(page.start_index(), page.end_index()),
        count=page.paginator.count,
        rest=rest,
        of=ONE.get(str(of), str(of)) if page.paginator.count == 1 else str(of),
    )


def _numbers(page: Page[Any]) -> Iterator[int]:
    """The pages to go to; 0 where some are left out."""
    for number in page.paginator.get_elided_page_range(page.number):
        yield number if isinstance(number, int) else 0


@register.inclusion_tag("ui/act.html", takes_context=True)
def act(
    context: template.Context,
    words: str,
    url: str,
    *,
    obstacle: str | None = None,
    kind: str = "",
    size: str = "",
    reason: str = "",
    will: str = "",
    version: int | None = None,
    name: str = "",
    value: str = "",
    side: str = "end",
) -> Context:
    """The button of one act, posted to `url`.

    obstacle  why it cannot be done now: the button is off and says so
    kind      primary, danger, plain; size: small
    will      what will happen; opens in place and asks before it acts
    reason    "required" or "optional": asks for the field `reason`
    version   of the object, against somebody's newer edit; name, value: one more hidden field
    """
    asks = bool(will or reason)
    return {
        "words": words,
        "url": url,
        "obstacle": obstacle,
        "kind": kind,
        "size": size,
        "reason": reason,
        "will": will,
        "asks": asks,
        "version": version,
        "name": name,
        "value": value,
        "side": side,
        "id": f"act-{crc32(f'{url} {words} {name} {value}'.encode()):x}",
        "csrf_token": context.get("csrf_token"),
    }


class Slice(NamedTuple):
    """One part of a bar: from where on and how wide, in percent."""

    key: str
    label: str
    value: Decimal
    x: str
    wide: str


@register.simple_tag
def pool_bar(
    *,
    spent: Decimal | None = None,
    committed: Decimal | None = None,
    allocated: Decimal | None = None,
    free: Decimal | None = None,
    size: str = "",
    words: str = "",
    marks: tuple[int, ...] = (),
) -> SafeString:
    """A bar filled by what was spent, committed, allocated and is still free: four disjoint parts of one sum.

    `marks` are percents of the sum at which it is marked.
    """
    parts = {"spent": (_("Spent"), spent), "committed": (_("Committed"), committed), "allocated": (_("Allocated"), allocated)}
    shown = {key: (label, value) for key, (label, value) in (parts | {"free": (_("Free"), free)}).items() if value is not None}
    return kept("ui/pool.html", slices=tuple(_slices(shown)), size=size, words=words or _("Where the money is"), marks=marks)


def _slices(parts: dict[str, tuple[str, Decimal]]) -> Iterator[Slice]:
    whole = sum((max(value, Decimal(0)) for _, value in parts.values()), Decimal(0))
    at = Decimal(0)
    for key, (label, value) in parts.items():
        wide = max(value, Decimal(0)) * 100 / whole if whole else Decimal(0)
        yield Slice(key, label, value, f"{at:.3f}", f"{wide:.3f}")
        at += wide


@register.inclusion_tag("ui/feed.html")
def feed(events: Any) -> Context:
    """What happened: each event by its sentence."""
    return {"events": events}
