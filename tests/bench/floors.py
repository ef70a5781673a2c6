"""The floors: signed in, one indexed query, as many rows and columns as the page, a plain template."""

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from initiatives.core import clock
from initiatives.duties.models import Obligation
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
    rows = (
        Initiative.objects.values_list("lead_department__name")
        .annotate(
            all=Count("pk"),
            unowned=Count("pk", filter=Q(accountable_department=None)),
            green=Count("pk", filter=Q(health="green")),
            amber=Count("pk", filter=Q(health="amber")),
            red=Count("pk", filter=Q(health="red")),
            asked=Sum("cost_object__asked"),
            allocated=Sum("cost_object__allocated"),
            spent=Sum("cost_object__spent"),
        )
        .order_by("lead_department__name")
    )
    return render(request, "floor.html", {"title": "Ownership", "rows": rows})


def home(request: HttpRequest) -> HttpResponse:
    asks = Obligation.objects.filter(person=request.user, outcome="").order_by("due_on", "pk")
    return render(request, "floor.html", {"title": "Home", "rows": asks.values_list("words", "url", "due_on", "opened_at")})


def update(request: HttpRequest, reference: str) -> HttpResponse:
    """A bare change of one row: fetched, changed, saved in a transaction."""
    with transaction.atomic():
        initiative = Initiative.objects.get(reference=reference)
        initiative.health, initiative.health_on, initiative.percent = "green", clock.today(), 50
        initiative.save(update_fields=["health", "health_on", "percent"])
    return redirect("floor_object", reference)
