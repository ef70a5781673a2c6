"""The named queries of readings: their list, which opens from every figure made of them, and the panel of a touchpoint."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from initiatives.core import clock
from initiatives.core.looks import chosen_of, filter_of
from initiatives.journey.looks.readings import CHOSEN, Choices, ReadingLook
from initiatives.journey.models import Channel, Reading, ReadingKind, Stage, Touchpoint
from initiatives.journey.models.breaches import Breach
from initiatives.journey.models.consistency import Pressure, scores
from initiatives.journey.models.hanging import answered_among, answers_for
from initiatives.journey.models.reading_words import Limit
from initiatives.journey.models.readings import obstacle_to_read
from initiatives.organization.models import Department, User

ROWS, PANEL_ROWS = 100, 5
WORDS = {"kind": "What was read", "stage": "Stage", "channel": "Channel", "department": "Sent by"}


def readings_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The list, the newest period first: at most ROWS rows, and how many there are in all."""
    choices: Choices = {
        "kind": [(value, str(label)) for value, label in ReadingKind.choices],
        "stage": list(Stage.objects.visible_to(user).order_by("position").values_list("reference", "title")),
        "channel": [(str(pk), name) for pk, name in Channel.objects.visible_to(user).values_list("pk", "name")],
        "department": list(Department.objects.visible_to(user).in_order().values_list("code", "name")),
    }
    look = ReadingLook.of(query, choices)
    along = ("touchpoint__stage", "touchpoint__channel", "department", "by", "withdrawn_by")
    seen: QuerySet[Reading] = look.narrow(Reading.objects.visible_to(user), clock.company_day()).select_related(*along)
    pages = Paginator(seen.order_by("-last_day", "-pk"), ROWS)
    here = pages.get_page(query.get("page"))
    rows = list(here.object_list)
    at = {one.touchpoint_id for one in rows}
    mine = answered_among(user, at) if rows else set()
    return {
        "look": look,
        "filters": [filter_of(look, name, WORDS[name], choices[name]) for name in CHOSEN],
        "chosen": list(chosen_of(look, WORDS, {name: dict(choices[name]) for name in CHOSEN})),
        "without_touchpoint": look.query(touchpoint=""),
        "page": here,
        "rows": [(one, one.touchpoint_id in mine and one.withdrawn_at is None) for one in rows],
        "total": pages.count,
        "may_import": user.has_perm("journey.import_readings"),
    }


def readings_panel(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What was measured at one touchpoint: its score on each scale, the contacts from it, its newest readings."""
    today, here = clock.company_day(), Reading.objects.filter(touchpoint=touchpoint)
    counts = tuple(here.latest_contacts(today))
    rated = scores(here, today, "touchpoint").get(touchpoint.stage_id, [])
    newest = list(here.living().select_related("department").order_by("-last_day", "-pk")[:PANEL_ROWS])
    breaches = Breach.objects.visible_to(user).open_now().filter(touchpoint=touchpoint, limit=Limit.FLOOR)
    return {
        "scores": rated,
        "contacts": Pressure(counts) if counts else None,
        "readings": newest,
        "failing": breaches.select_related("problem").first() if touchpoint.moment_of_truth else None,
        "may_enter": answers_for(user, touchpoint) and obstacle_to_read(touchpoint) is None,
    }
