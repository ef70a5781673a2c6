"""Closed by default: no request passes without a declared rule, and no unreadable text reaches the database."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_cache_control, patch_vary_headers

from initiatives.core.again import UNDONE, Committed, moments, pause
from initiatives.core.pages import Unavailable, unavailable
from initiatives.core.policy import NOBODY, PUBLIC, RULES, SIGNED_IN, Rule
from initiatives.core.rules import BadInput

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class CleanInput:
    """Refuse NUL and lone surrogates in queries and forms: PostgreSQL cannot store them, so nobody meant them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        sources = [request.GET] if request.method in ("GET", "HEAD") else [request.GET, request.POST]
        for source in sources:
            for name, values in source.lists():
                if any(_unreadable(text) for text in (name, *values)):
                    return HttpResponse("The text holds characters that cannot be stored.", status=400, content_type="text/plain")
        return None


def _unreadable(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


class Policy:
    """Look up the rule of the URL and method; ask it of the person; check that the view asked it of the object."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        rule: Rule | None = getattr(request, "rule", None)
        if rule is not None and rule.of and response.status_code < 400 and rule.to not in getattr(request, "asked", ()):
            log.error("%s %s answered without asking %s", request.method, rule.url, rule.to)
            raise PermissionDenied(f"{rule.url} did not ask {rule.to}")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        method = "GET" if request.method == "HEAD" else request.method or ""
        rule = RULES.get((name, method))
        if rule is None:
            declared = [m for url, m in RULES if url == name]
            if declared:
                return HttpResponseNotAllowed(declared)
            raise PermissionDenied(f"No rule for {name}")
        if rule.to == NOBODY:
            raise Http404
        if rule.to != PUBLIC:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if rule.to != SIGNED_IN and not rule.of and not request.user.has_perm(rule.to):
                raise PermissionDenied
        request.rule = rule  # type: ignore[attr-defined]  # ours, read when the answer is checked
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, BadInput):
            return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
        return unavailable(request, error)


class ComesAgain:
    """Let a form that was sent come again when the database undid what it did: a deadlock, or a lock that others held too long.

    It comes as it was, with the same key. What left something behind does not: a transaction before the one that was undone,
    whose letters may be on their way, or a file, which was read. In the end it is told that nothing was changed.
    """

    WITHIN = 5.0  # seconds: nobody waits for ever

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        committed = Committed()
        with committed.watch():
            response = self.get_response(request)
            for seconds in moments(within=self.WITHIN):
                limit = response.limit if isinstance(response, Unavailable) else ""
                if limit not in UNDONE or committed.anything or request.FILES:
                    break
                pause(seconds, f"POST {request.path}", limit)
                response = self.get_response(request)
        return response
