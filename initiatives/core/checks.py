"""System checks: the product does not start with a URL, task or mail that has no rule, or a rule that has no URL."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from celery import current_app
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.checks import Warning as Caution
from django.db import OperationalError
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import autodiscover_modules

from initiatives.core.policy import MAILS, RULES, TASKS
from initiatives.core.privileges import excess


def url_names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The full name ("portfolio:launch") of every URL that the product answers; a nameless one is named by its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else f"nameless: {pattern.pattern}"


@register("policy")
def everything_has_a_rule(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    names = set(url_names())
    ruled = {url for url, _ in RULES}
    autodiscover_modules("tasks")
    tasks = {name for name in current_app.tasks if not name.startswith("celery.")}
    letters = Path(settings.BASE_DIR, "templates", "letters")
    mails = {path.stem for path in letters.glob("*.txt")}
    return [
        *[Error(f"The URL {name} has no rule.", id="policy.E001") for name in sorted(names - ruled)],
        *[Error(f"The rule for {name} has no URL.", id="policy.E002") for name in sorted(ruled - names)],
        *[Error(f"The task {name} has no rule.", id="policy.E003") for name in sorted(tasks - set(TASKS))],
        *[Error(f"The rule for the task {name} has no task.", id="policy.E004") for name in sorted(set(TASKS) - tasks)],
        *[Error(f"The mail {name} has no rule.", id="policy.E005") for name in sorted(mails - set(MAILS))],
        *[Error(f"The rule for the mail {name} has no template.", id="policy.E006") for name in sorted(set(MAILS) - mails)],
    ]


@register(Tags.security, deploy=True)
def the_role_only_writes_rows(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One role for everything works, and is meant for a laptop: in production the database should hold also against us."""
    try:
        found = excess()
    except OperationalError as error:
        return [Caution(f"The database was not asked what its role may do: {error}", id="privileges.W002")]
    how = "Set DATABASE_OWNER_URL and run manage.py migrate: see docs/OPERATIONS.md."
    too_much = f"The role of DATABASE_URL may do more than write rows: it {'; it '.join(found)}."
    return [Caution(too_much, hint=how, id="privileges.W001")] if found else []


def insist_on_rules() -> None:
    """End the process when anything lacks its rule. Web server, worker and beat call this before they serve."""
    if errors := run_checks(tags=["policy"]):
        raise SystemExit("cxgov does not start:\n" + "\n".join(str(error.msg) for error in errors))
