"""The floors: signed in, one indexed query, as many rows and columns as the page, a plain template.

How rows and columns are counted (tests/bench/test_floors.py holds page and floor to it):
list        the rows of its table; its columns, and one more, since reference and title share a cell
initiative  its check-ins, with their seven values, and four of the initiative's own beside each: as many values as the page shows
            in its parts, figures, facts, money and history
dashboard   the rows of its largest table, and its columns but for the bar, which draws the same numbers again
Home        asks, initiatives and news together, and the columns of the initiatives, which have the most
"""

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from initiatives.boards.reports.figures import LIVING
from initiatives.boards.reports.home import ASKS, MINE, NEWS
from initiatives.core import clock
from initiatives.portfolio.models import CheckIn, Initiative

ROWS = 100


def listing(request: HttpRequest) -> HttpResponse:
    rows = (
        Initiative.objects.filter(status="active")
        .order_by("lead_department_id", "id")
        .values_list(
            "reference",
            "title",
            "lead_department__name",
            "status",
            "health",
            "accountable_person__name",
            "ends_on",
            "rank",
            "percent",
        )[:ROWS]
    )
    return render(request, "floor.html", {"title": "Initiatives", "rows": rows})


def detail(request: HttpRequest, reference: str) -> HttpResponse:
    rows = CheckIn.objects.filter(initiative__reference=reference).order_by("-at", "-id")[:10]
    columns = ("at", "author__name", "health", "percent", "done", "next_steps", "blockers")
    about = ("initiative__title", "initiative__problem", "initiative__hypothesis", "initiative__status")
    return render(request, "floor.html", {"title": reference, "rows": rows.values_list(*columns, *about)})


def dashboard(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    running, stale = Q(status="active"), Q(stale_on__lte=today)
    living = Q(status__in=LIVING)
    healths = {health: running & Q(health=health) & ~stale for health in ("green", "amber", "red")}
    counts = {"all": living, **healths, "stale": running & ~Q(health="") & stale, "unknown": running & Q(health="")}
    rows = (
        Initiative.objects.values_list("accountable_department__name")
        .annotate(
            **{f"{name}_": Count("pk", filter=condition) for name, condition in counts.items()},
            idle=Count("pk", filter=living & ~running),
            asked=Sum("cost_object__asked"),
            allocated=Sum("cost_object__allocated"),
            spent=Sum("cost_object__spent"),
        )
        .order_by("accountable_department__name")
    )
    return render(request, "floor.html", {"title": "Ownership", "rows": rows})


def home(request: HttpRequest) -> HttpResponse:
    columns = ("reference", "title", "accountable_department__name", "status", "health", "health_on")
    rows = Initiative.objects.order_by("pk").values_list(*columns)[: ASKS + MINE + NEWS]
    return render(request, "floor.html", {"title": "Home", "rows": rows})


def update(request: HttpRequest, reference: str) -> HttpResponse:
    """A bare change of one row: fetched, changed, saved in a transaction."""
    with transaction.atomic():
        initiative = Initiative.objects.get(reference=reference)
        initiative.health, initiative.health_on, initiative.percent = "green", clock.today(), 50
        initiative.save(update_fields=["health", "health_on", "percent"])
    return redirect("floor_object", reference)


def frame(request: HttpRequest) -> HttpResponse:
    """The product's own frame with nothing in it."""
    return render(request, "frame.html")
