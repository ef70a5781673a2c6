"""Drawing the map: adding, changing, splitting and archiving what stands on it. Who may not edit proposes the same."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.forms import ReasonForm
from initiatives.core.pages import Request, form_page, form_view, reply, sent
from initiatives.core.rules import BadInput, explained
from initiatives.journey.access import channel_for, stage_for, touchpoint_for
from initiatives.journey.forms.drawing import (
    ChannelForm,
    DrawnForm,
    RestrictForm,
    SplitForm,
    StageForm,
    TouchpointForm,
)
from initiatives.journey.models import Act, Channel, MapChange, Noun, Stage
from initiatives.journey.models.changes import change
from initiatives.journey.models.drawn import Drawn


def drawn(request: Request, noun: Noun, act: Act, form: DrawnForm) -> HttpResponse:
    """The page of a form about the map, and what comes of it: the change itself, or its proposal."""
    if form.is_valid():
        with explained(request, form):
            done = change(noun, act, form.subject, form.values(), by=request.user, **form.said)
            return reply(request, done, said=said_of(done))
    obstacle = getattr(form.subject, f"obstacle_to_{act}")() if form.subject is not None else None
    context = heading(noun, act, form.subject) | {"obstacle": obstacle}
    return form_page(request, "journey/draw.html", form, context, kept=form.subject)


def heading(noun: Noun, act: Act, subject: Drawn | None) -> dict[str, Any]:
    """What the page of such a form says on top."""
    return {"noun": noun, "act": act, "subject": subject, "noun_words": noun.label.lower(), "act_words": act.label}


def said_of(done: MapChange | Drawn) -> str:
    if isinstance(done, MapChange):
        return "It is proposed. You hear how it is decided."
    return f"{done.called[:1].upper()}{done.called[1:]} is on the map as you said."


def archived(request: Request, noun: Noun, subject: Drawn) -> HttpResponse:
    """The page that asks why something is archived, or should be."""
    form = ReasonForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            done = change(noun, Act.ARCHIVE, subject, {}, by=request.user, reason=form.cleaned_data["reason"])
            return reply(request, done, said="It is proposed." if isinstance(done, MapChange) else "It is archived.")
    context = heading(noun, Act.ARCHIVE, subject) | {"obstacle": subject.obstacle_to_archive()}
    return form_page(request, "journey/draw.html", form, context)


# -- touchpoints ---------------------------------------------------------------------------------------------------------


@form_view
def add_touchpoint(request: Request) -> HttpResponse:
    initial = {"stage": request.GET.get("stage"), "channel": request.GET.get("channel")}
    return drawn(request, Noun.TOUCHPOINT, Act.ADD, TouchpointForm(sent(request), by=request.user, initial=initial))


@form_view
def edit_touchpoint(request: Request, ref: str) -> HttpResponse:
    found = touchpoint_for(request, ref, to="draw_map")
    return drawn(request, Noun.TOUCHPOINT, Act.EDIT, TouchpointForm(sent(request), by=request.user, subject=found))


@form_view
def split_touchpoint(request: Request, ref: str) -> HttpResponse:
    found = touchpoint_for(request, ref, to="draw_map")
    return drawn(request, Noun.TOUCHPOINT, Act.SPLIT, SplitForm(sent(request), by=request.user, subject=found))


@form_view
def archive_touchpoint(request: Request, ref: str) -> HttpResponse:
    return archived(request, Noun.TOUCHPOINT, touchpoint_for(request, ref, to="draw_map"))


@form_view
def restrict(request: Request, ref: str) -> HttpResponse:
    found = touchpoint_for(request, ref, to="guard_touchpoint")
    initial = {"departments": found.owned.departments.all(), "guests": found.owned.guests.all()}
    form = RestrictForm(sent(request), by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with explained(request, form):
            found.restrict(by=request.user, **form.cleaned_data)
            return reply(request, found, said=f"{found.reference} is restricted.")
    context = {"touchpoint": found, "obstacle": found.obstacle_to_restrict(request.user)}
    return form_page(request, "journey/restrict.html", form, context)


@require_POST
def open_up(request: Request, ref: str) -> HttpResponse:
    found = touchpoint_for(request, ref, to="guard_touchpoint")
    with explained(request):
        found.open_up(by=request.user)
    return reply(request, found, said=f"{found.reference} can be seen by everybody with a role now.")


# -- stages and channels -------------------------------------------------------------------------------------------------


@form_view
def add_stage(request: Request) -> HttpResponse:
    return drawn(request, Noun.STAGE, Act.ADD, StageForm(sent(request), by=request.user))


@form_view
def edit_stage(request: Request, ref: str) -> HttpResponse:
    return drawn(request, Noun.STAGE, Act.EDIT, StageForm(sent(request), by=request.user, subject=stage_for(request, ref)))


@form_view
def archive_stage(request: Request, ref: str) -> HttpResponse:
    return archived(request, Noun.STAGE, stage_for(request, ref))


@form_view
def add_channel(request: Request) -> HttpResponse:
    return drawn(request, Noun.CHANNEL, Act.ADD, ChannelForm(sent(request), by=request.user))


@form_view
def edit_channel(request: Request, number: int) -> HttpResponse:
    found = channel_for(request, number)
    return drawn(request, Noun.CHANNEL, Act.EDIT, ChannelForm(sent(request), by=request.user, subject=found))


@form_view
def archive_channel(request: Request, number: int) -> HttpResponse:
    return archived(request, Noun.CHANNEL, channel_for(request, number))


@require_POST
def order_stages(request: Request) -> HttpResponse:
    with explained(request):
        Stage.objects.reorder(order_of(request), by=request.user)
    return reply(request, "journey:stages", said="The stages stand in this order now.")


@require_POST
def order_channels(request: Request) -> HttpResponse:
    with explained(request):
        Channel.objects.reorder(order_of(request), by=request.user)
    return reply(request, "journey:stages", said="The channels stand in this order now.")


def order_of(request: Request) -> list[int]:
    """The order that was sent, one step changed by a button “up” or “down”."""
    try:
        order = [int(text) for text in request.POST.getlist("order")]
        name, _, way = request.POST.get("move", "").rpartition(":")
        at = order.index(int(name)) if name else 0
    except ValueError:
        raise BadInput("The order cannot be read. Open the page again.") from None
    if name:
        order.insert(max(0, at + (-1 if way == "up" else 1)), order.pop(at))
    return order
