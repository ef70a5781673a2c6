"""What the pattern page shows: invented values for every component in every state, and nothing from the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator

from initiatives.core import clock


@dataclass
class Somebody:
    name: str
    is_active: bool = True

    def __str__(self) -> str:
        return self.name


@dataclass
class Unit:
    code: str
    name: str


@dataclass
class Happening:
    pk: int
    actor_name: str
    act: str
    at: datetime
    reason: str = ""
    verb: str = "core.pattern.shown"
    on_behalf_of_id: int | None = None


@dataclass
class Row:
    reference: str
    title: str
    department: Unit
    status: str
    health: str
    accountable: Somebody | None
    asked: Decimal | None
    percent: int
    stale: bool = False
    on: datetime | None = field(default=None)


class Sample(forms.Form):
    """Each kind of field once; sent empty, it shows each kind of error."""

    title = forms.CharField(max_length=120, help_text="One line, as it should stand in a board paper.")
    problem = forms.CharField(widget=forms.Textarea, required=False)
    department = forms.ChoiceField(choices=[("", "Choose one"), ("OPS", "Terminal operations"), ("IT", "Information technology")])
    due = forms.DateField(label="Due on", widget=forms.DateInput(attrs={"type": "date"}))
    amount = forms.CharField(
        label="Amount in EUR", help_text="For example 1,234.50", widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    health = forms.ChoiceField(
        choices=[("green", "On track"), ("amber", "At risk"), ("red", "Off track")], widget=forms.RadioSelect
    )
    file = forms.FileField(help_text="CSV or XLSX, at most 2 MB.")
    agreed = forms.BooleanField(label="I have read what will happen")


STATUSES = ["draft", "proposed", "assessed", "prioritised", "funded", "active", "completed", "realised", "declined", "paused"]
OPS, IT, MKT = Unit("OPS", "Terminal operations"), Unit("IT", "Information technology"), Unit("MKT", "Marketing")


def _rows(now: datetime) -> list[Row]:
    mona, paul = Somebody("Mona Meyer"), Somebody("Paul-Émile Roux")
    days = [now - timedelta(days=n) for n in (2, 9, 64)]
    return [
        Row("CX-001", "One message when a gate changes", OPS, "active", "green", mona, Decimal("480000.00"), 62, on=days[0]),
        Row("CX-007", "Lost bags found by their owners", IT, "active", "amber", paul, Decimal("1250000.50"), 35, on=days[1]),
        Row("CX-012", "Quiet rooms in the north pier", OPS, "paused", "red", mona, None, 80, on=days[1]),
        Row("CX-019", "Parking that is paid on leaving", MKT, "active", "green", mona, Decimal("90000.00"), 10, True, days[2]),
        Row("CX-023", "A language that every sign speaks", MKT, "proposed", "", None, Decimal("0.00"), 0),
    ]


def patterns(reader: Any) -> dict[str, Any]:
    """The context of core/ui.html."""
    now = clock.now()
    return {
        "reader": reader,
        "now": now,
        "moments": [now - timedelta(**gap) for gap in ({"seconds": 5}, {"minutes": 12}, {"hours": 3}, {"days": 1}, {"days": 90})],
        "soon": now + timedelta(days=4),
        "gone": Somebody("Ole Olsen", is_active=False),
        "someone": Somebody("Mona Meyer"),
        "unit": OPS,
        "rows": _rows(now),
        "empty_form": Sample(),
        "refused_form": Sample({"title": "x" * 130, "amount": "1_000"}, auto_id="bad_%s"),
        "page": Paginator(range(1234), 100).get_page(4),
        "pool": {
            "spent": Decimal("310000.00"),
            "committed": Decimal("240500.00"),
            "allocated": Decimal("199500.00"),
            "free": Decimal("250000.00"),
            "marks": (50, 80, 95),
        },
        "events": [
            Happening(1, "Clara Cox", "published the ranking", now - timedelta(hours=2)),
            Happening(2, "Mona Meyer", "declined the involvement", now - timedelta(days=3), "We have nobody free before spring."),
            Happening(3, "cxgov", "reminded three people", now - timedelta(days=8)),
        ],
        "tones": ["", "info", "good", "warn", "bad"],
        "healths": ["green", "amber", "red", ""],
        "statuses": STATUSES,
        "tabs": [
            {"words": "Table", "url": "#tabs", "current": True, "count": 52},
            {"words": "Board", "url": "#tabs", "current": False, "count": ""},
            {"words": "Timeline", "url": "#tabs", "current": False, "count": 0},
        ],
    }
