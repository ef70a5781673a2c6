"""The portfolio's list in its shapes: table, board, side panel, file; and the views that people save of it."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.exports import csv_response
from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.portfolio.forms.initiatives import SavedViewForm
from initiatives.portfolio.listing import board_page, export_rows, list_page, look_of, opened
from initiatives.portfolio.listing import saved_views as known_views
from initiatives.portfolio.models import SavedView


@require_safe
def portfolio(request: Request) -> HttpResponse:
    if request.htmx.target == "panel":
        return page(request, "portfolio/panel.html", opened(request.GET.get("open", ""), request.user))
    if request.GET.get("view") == "board":
        return board(request)
    return page(request, "portfolio/list.html", list_page(request.user, request.GET), part="rows")


@require_safe
def board(request: Request) -> HttpResponse:
    if request.htmx.target == "panel":
        return page(request, "portfolio/panel.html", opened(request.GET.get("open", ""), request.user))
    return page(request, "portfolio/board.html", board_page(request.user, request.GET))


@require_safe
def export(request: Request) -> HttpResponse:
    header, rows = export_rows(request.user, request.GET)
    return csv_response(request, "initiatives", header, rows)


@require_safe
def saved_views(request: Request) -> HttpResponse:
    query = look_of(request.user, request.GET.urlencode()).query()
    form = SavedViewForm(initial={"query": query})
    return page(request, "portfolio/saved_views.html", {"form": form, "saved_views": known_views(request.user), "query": query})


@require_POST
def save_view(request: Request) -> HttpResponse:
    form = SavedViewForm(request.POST)
    if form.is_valid():
        with explained(request, form):
            query = look_of(request.user, form.cleaned_data["query"]).query()
            view = SavedView.objects.keep(form.cleaned_data["name"], query, by=request.user, shared=form.cleaned_data["shared"])
            return reply(request, view, said=f"The view “{view}” is saved.")
    return form_page(request, "portfolio/saved_views.html", form, {"saved_views": known_views(request.user)})


def view_for(request: Request, number: int) -> SavedView:
    return scoped(request, SavedView.objects.visible_to(request.user), "portfolio.change_saved_view", pk=number)


@form_view
def rename_view(request: Request, number: int) -> HttpResponse:
    view = view_for(request, number)
    initial: dict[str, Any] = {"name": view.name, "shared": view.shared}
    form = SavedViewForm(sent(request), initial=initial)
    if form.is_valid():
        with explained(request, form):
            view.rename(form.cleaned_data["name"], by=request.user, shared=form.cleaned_data["shared"])
            return reply(request, view, said=f"The view is called “{view}”.")
    return form_page(request, "portfolio/rename_view.html", form, {"view": view})


@require_POST
def discard_view(request: Request, number: int) -> HttpResponse:
    view = view_for(request, number)
    with explained(request):
        view.discard(by=request.user)
    return reply(request, "portfolio:list", said=f"The view “{view}” is deleted.")
