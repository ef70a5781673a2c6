"""The policy registry: every URL, task, export and mail has one declared rule, or the product does not start.

Each room states its rules in its `access.py`; `manage.py policy_export --json` prints them all.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest

if TYPE_CHECKING:
    from initiatives.organization.models import User

PUBLIC = "public"  # anybody, signed in or not
SIGNED_IN = "signed in"  # every active person
NOBODY = "nobody"  # a library's URL that the product does not offer: 404

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Rule:
    """What a URL asks for.

    url      the URL's name, "portfolio:launch"
    methods  "GET", "POST" or "GET POST"; HEAD and OPTIONS follow GET; others are answered 405
    to       PUBLIC, SIGNED_IN, or the permission: "portfolio.launch_initiative"
    of       the noun of the object that the permission is asked on; empty when it is asked of the person alone
    who      in words, for docs/ACCESS.md
    export   leaves the building as a file
    """

    url: str
    methods: str
    to: str
    of: str = ""
    who: str = ""
    export: bool = False


@dataclass(frozen=True)
class TaskRule:
    """What a background task does, and in whose name."""

    task: str
    who: str


@dataclass(frozen=True)
class MailRule:
    """Who may receive a mail made from this template, asked again when it is sent."""

    template: str
    who: str


RULES: dict[tuple[str, str], Rule] = {}
TASKS: dict[str, TaskRule] = {}
MAILS: dict[str, MailRule] = {}
_PERMISSIONS: dict[str, Callable[..., bool]] = {}


def declare(*rules: Rule | TaskRule | MailRule) -> None:
    """Enter rules into the registry; a second rule for the same thing is a mistake."""
    for rule in rules:
        if isinstance(rule, TaskRule):
            _enter(TASKS, rule.task, rule)
        elif isinstance(rule, MailRule):
            _enter(MAILS, rule.template, rule)
        else:
            for method in rule.methods.split():
                _enter(RULES, (rule.url, method), rule)


def _enter(registry: dict[Any, Any], key: Any, rule: Any) -> None:
    if registry.setdefault(key, rule) != rule:
        raise ValueError(f"Two rules for {key}")


def permission(name: str) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Register who has a permission: a function of (user) or of (user, object) that answers True or False."""

    def register(answer: Callable[..., bool]) -> Callable[..., bool]:
        _enter(_PERMISSIONS, name, answer)
        return answer

    return register


def permits(user: "User", name: str, obj: models.Model | None = None) -> bool:
    """The registry's answer; unknown permissions, inactive people and people not signed in are refused."""
    answer = _PERMISSIONS.get(name)
    if answer is None or not user.is_active or not user.is_authenticated:
        return False
    return answer(user) if obj is None else answer(user, obj)


def permissions() -> list[str]:
    """The names of all registered permissions."""
    return sorted(_PERMISSIONS)


def scoped(request: HttpRequest, visible: "models.QuerySet[M] | list[M]", to: str, **lookup: Any) -> M:
    """The one door to an object: unseen is 404, seen but forbidden is 403.

    `visible` is already narrowed by `visible_to(request.user)`, or is the list that a prepared question found so; `to` is the
    permission asked on the object.
    """
    try:
        rows = visible if isinstance(visible, list) else visible.filter(**lookup)[:1]  # `first` would sort what is one row
        found = next(iter(rows), None)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Http404
    request.asked = {*getattr(request, "asked", ()), to}  # type: ignore[attr-defined]  # ours, read by the middleware
    if not request.user.has_perm(to, found):
        raise PermissionDenied
    return found


def as_data() -> dict[str, list[dict[str, Any]]]:
    """The whole registry as plain data, in a stable order."""
    return {
        "urls": [{"method": method, **asdict(rule)} for (_, method), rule in sorted(RULES.items())],
        "tasks": [asdict(TASKS[name]) for name in sorted(TASKS)],
        "mails": [asdict(MAILS[name]) for name in sorted(MAILS)],
        "permissions": [{"permission": name} for name in permissions()],
    }
