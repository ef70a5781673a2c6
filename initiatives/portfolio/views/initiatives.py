"""One initiative: its page, its description, the steps of its life, who may see it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import Stale, explained
from initiatives.portfolio.access import initiative_for
from initiatives.portfolio.forms.initiatives import InitiativeForm, NamesForm
from initiatives.portfolio.models import Initiative
from initiatives.portfolio.reports.initiative import initiative_page


@require_safe
def initiative(request: Request, ref: str) -> HttpResponse:
    return page(request, "portfolio/initiative.html", initiative_page(initiative_for(request, ref), request.user))


@form_view
def create(request: Request) -> HttpResponse:
    form = InitiativeForm(sent(request), by=request.user)
    if form.is_valid():
        with explained(request, form):
            made = Initiative.objects.draft(by=request.user, **form.description())
            return reply(request, made, said=f"{made.reference} is drafted. Ask departments for their part, then propose it.")
    return form_page(request, "portfolio/create.html", form)


@form_view
def edit(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="edit")
    form = InitiativeForm(sent(request), by=request.user, initiative=found)
    if form.is_valid():
        with explained(request, form):
            found.edit(form.description(), version=form.cleaned_data["version"], by=request.user)
            return reply(request, found, said="Saved.")
        if isinstance(request.refused, Stale):
            return form_page(request, "portfolio/conflict.html", form, both_versions(found, form))
    return form_page(request, "portfolio/edit.html", form, {"initiative": found})


def both_versions(found: Initiative, form: InitiativeForm) -> dict[str, Any]:
    """The reader’s version beside the newer one that stands now, field by field; saving again takes the reader’s."""
    found.refresh_from_db()
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["version"] = str(found.version)
    form.data = data
    fields = [form[name] for name in Initiative.EDITABLE if name in form.fields]
    both = [(field, getattr(found, field.name), form.cleaned_data[field.name]) for field in fields]
    differ = [(field, theirs, yours) for field, theirs, yours in both if (theirs or "") != (yours or "")]
    return {"initiative": found, "rows": differ}


def step(act: str, said: str, *, with_reason: bool = False) -> Callable[..., HttpResponse]:
    """The view of one act on the status: fetch for whom may take it, take it, reply."""

    @require_POST
    def view(request: Request, ref: str) -> HttpResponse:
        found = initiative_for(request, ref, to=act)
        with explained(request):
            reason = {"reason": reason_of(request)} if with_reason else {}
            getattr(found, act)(by=request.user, **reason)
        return reply(request, found, said=f"{found.reference} {said}")

    view.__name__ = act
    return view


propose = step("propose", "is proposed.")
launch = step("launch", "is active. The first check-in is due in one cadence.")
complete = step("complete", "is completed.")
realise = step("realise", "is realised.")
decline = step("decline", "is declined.", with_reason=True)
pause = step("pause", "is paused.", with_reason=True)
resume = step("resume", "is active again.")
cancel = step("cancel", "is cancelled.", with_reason=True)
open_up = step("open_up", "can be seen by everybody now.")


@form_view
def make_confidential(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="make_confidential")
    form = NamesForm(sent(request), by=request.user, initial={"names": found.named.all()})
    if request.method == "POST" and form.is_valid():
        with explained(request, form):
            found.make_confidential(form.cleaned_data["names"], by=request.user)
            return reply(request, found, said=f"{found.reference} is confidential.")
    return form_page(request, "portfolio/make_confidential.html", form, {"initiative": found})
