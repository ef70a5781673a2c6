"""How a view answers: whole pages, parts of pages for htmx, and replies to acts."""

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from initiatives.core.forms import ReasonForm, go_on_from
from initiatives.core.patience import lost, timed_out
from initiatives.core.policy import RULES
from initiatives.core.rules import BadInput, Stale

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from initiatives.core.rules import RuleBroken
    from initiatives.organization.models import User


log = logging.getLogger(__name__)

TRY_AGAIN_IN = 5  # seconds, for what was too busy


class Request(HttpRequest):
    """A request as views see it behind the policy: somebody is signed in, and `refused` says why the act was not done."""

    user: "User"
    htmx: "HtmxDetails"
    refused: "RuleBroken | None"
    waiting: int  # how many asks wait for the reader, where the page has counted them for its frame


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render `template`; when htmx asks for the element `part`, only the partial of that name.

    The element's id, the partial's name and `part` are one word: hx-target="#rows" renders page.html#rows.
    """
    htmx = getattr(request, "htmx", None)
    if not (part and htmx and htmx.target == part and not htmx.history_restore_request):
        return render(request, template, dict(context or {}), status=status)
    response = render(request, f"{template}#{part}", dict(context or {}), status=status)
    if get_messages(request):  # what an act said is shown with the part that it changed
        response.content += render_to_string("ui/notices_beside.html", request=request).encode()
    return response


def notice(request: HttpRequest, words: str, *, status: int) -> HttpResponse:
    """A sentence above the page, for htmx."""
    response = render(request, "ui/notice.html", {"words": words, "tone": "bad"}, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#notices", "innerHTML"
    return response


class Unavailable(HttpResponse):
    """The database ended what the request did, so that nothing of it stays, at a `limit` such as "lock"; or it went away ("")."""

    def __init__(self, page: str, limit: str) -> None:
        super().__init__(page, status=503)
        self.limit = limit
        self["Retry-After"], self["X-Unavailable"] = str(TRY_AGAIN_IN), "busy" if limit else "away"


def unavailable(request: HttpRequest, error: BaseException | None) -> Unavailable | None:
    """503 when the database ended what the request did, or went away; None for another fault. Its page needs no database."""
    limit, away = timed_out(error), lost(error)
    if not (limit or away):
        return None
    log.warning("%s %s was ended: %s", request.method, request.path, limit or "the database is away")
    if getattr(request, "htmx", False):
        return Unavailable(render_to_string(f"ui/failures.html#{'away' if away else 'busy'}"), limit)
    return Unavailable(render_to_string("503.html", {"away": away}), limit)


form_view = require_http_methods(["GET", "HEAD", "POST"])  # a form is opened, and sent to the same address


def sent(request: HttpRequest) -> QueryDict | None:
    """What was typed into the form, or None when it is only opened."""
    return request.POST if request.method == "POST" else None


def reason_of(request: HttpRequest) -> str:
    """The reason that was typed beside an act's button; BadInput when it is missing or cannot be kept."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise BadInput(f"Reason: {form.errors['reason'][0]}")
    return str(form.cleaned_data["reason"])


def form_page(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    context: Mapping[str, Any] | None = None,
    *,
    kept: models.Model | None = None,
) -> HttpResponse:
    """The page of a form: fresh (200), sent with bad input (422), or refused by a rule (the refusal's own status).

    When somebody else changed `kept` meanwhile, both versions are shown and the form takes over the newer version number.
    """
    refused = getattr(request, "refused", None)
    more: dict[str, Any] = {"form": form}
    if isinstance(refused, Stale) and kept is not None:
        kept.refresh_from_db()
        more["conflict"] = list(differences(form, kept))
        go_on_from(form, "version", kept.version)  # type: ignore[attr-defined]  # an edited object has one
    status = refusal(request) if form.is_bound else 200
    return render(request, template, {**(context or {}), **more}, status=status)


def refusal(request: HttpRequest) -> int:
    """The status of a page that shows a form again: of the rule that refused the act, else of bad input."""
    refused = getattr(request, "refused", None)
    return refused.status if refused else BadInput.status


def differences(form: forms.BaseForm, kept: models.Model) -> Iterator[dict[str, Any]]:
    """Each field whose typed value is not what is stored now: its label, the one and the other.

    Of what a field takes several of, those that it offers are compared. What the object has no word for is left out, and so
    is what the form names in `apart`, because there the object's word means something else.
    """
    apart = ("version", *getattr(form, "apart", ()))
    for name, field in form.fields.items():
        if name in apart or name not in form.cleaned_data or not hasattr(kept, name):
            continue
        typed, now = form.cleaned_data[name], getattr(kept, name)
        if isinstance(field, forms.ModelMultipleChoiceField):
            typed, now = chosen(field, typed), chosen(field, now.all())
        if typed != now:
            yield {"label": form[name].label, "typed": _shown(typed), "now": _shown(now)}


def chosen(field: "forms.ModelMultipleChoiceField[Any]", rows: models.QuerySet[Any]) -> dict[Any, str]:
    """The rows among those that the field offers, by their keys, as it names them."""
    offered = field.queryset.filter(pk__in=rows.order_by().values("pk"))  # type: ignore[union-attr]  # set by the form
    return {one.pk: str(field.label_from_instance(one)) for one in offered}


def _shown(value: Any) -> Any:
    value = list(value.values()) if isinstance(value, dict) else value
    return (", ".join(map(str, value)) or None) if isinstance(value, list) else value


def reply(request: HttpRequest, to: models.Model | str, *, said: str = "") -> HttpResponse:
    """Answer an act: on success go to `to` (an object, URL name or path) and say `said`; a refusal says why.

    A form that stands on another page, such as an answer on Home, names that page in its field `next`. A refusal is a page
    of its own with status 409 or 422, or for htmx a notice above the page.
    """
    refused = getattr(request, "refused", None)
    to = came_from(request) or to
    if refused is None:
        if said:
            messages.success(request, said)
        return redirect(to)  # type: ignore[arg-type]  # a model that has get_absolute_url
    context = {"refused": refused, "back": resolve_url(to)}
    if getattr(request, "htmx", False):
        return notice(request, str(refused), status=refused.status)
    return render(request, "ui/refused.html", context, status=refused.status)


def came_from(request: HttpRequest) -> str | None:
    """The page that the form asks to return to in its field `next`; None unless it is a page of this product."""
    path = request.POST.get("next", "")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return path if (match.view_name, "GET") in RULES else None
