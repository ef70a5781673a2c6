"""Habits that a linter does not know."""

import ast
import re

from django.apps import apps
from django.db import models

from tests.house import code

# Broad excepts, with the reason. Each must log or answer; none may pass.
BROAD: dict[str, str] = {
    "initiatives/core/imports/running.py": "an import that breaks says so on its page; the error then goes on to the log",
    "initiatives/core/readiness.py": "whatever a probe raises means that its part is not ready",
    "initiatives/duties/outbox.py": "one letter that cannot be written or is refused must not hold up the others",
    "initiatives/funding/imports/posting.py": "one line that breaks waits and says so; it must not hold up the others",
}


def test_every_text_column_is_bounded() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("initiatives.")]
    unbounded = [
        f"{model._meta.label}.{field.name}"
        for model in ours
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField) and not isinstance(field, models.TextField) and field.max_length is None
    ]
    assert unbounded == []


def test_no_text_is_marked_as_safe() -> None:
    found = [
        f"{code.name(path)}:{call.lineno}"
        for path in code.modules(*code.OURS)
        for call in code.calls(path)
        if ast.unparse(call.func).rpartition(".")[2] in ("mark_safe", "SafeString", "SafeText")
    ]
    assert found == []


def test_only_the_clock_reads_the_clock() -> None:
    clocks = ("timezone.now", "timezone.localdate", "datetime.now", "datetime.utcnow", "date.today", "time.time")
    found = [
        f"{code.name(path)}:{call.lineno}"
        for path in code.modules("initiatives")
        if path.stem != "clock"
        for call in code.calls(path)
        if ast.unparse(call.func).endswith(clocks) and not (call.args and "localdate" in ast.unparse(call.func))
    ]
    assert found == []


def test_only_two_places_read_the_environment() -> None:
    found = [
        code.name(path)
        for path in code.modules(*code.OURS)
        if "local" not in path.parts and code.name(path) != "cxgov/env.py"
        if re.search(r"os\.getenv|os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\"|\.get\(\"PATH\")", path.read_text())
    ]
    assert found == []


def test_nothing_swallows_every_error() -> None:
    """A broad except hides the fault that the next reader needs."""
    found = {
        code.name(path)
        for path in code.modules(*code.OURS)
        for node in ast.walk(code.tree(path))
        if isinstance(node, ast.ExceptHandler)
        and not isinstance(node.body[-1], ast.Raise)
        and (node.type is None or "Exception" in {part.strip("() ") for part in ast.unparse(node.type).split(",")})
    }
    assert found <= set(BROAD)


def test_what_a_type_checker_shall_not_say_has_a_reason() -> None:
    bare = re.compile(r"# type: ignore\[[^\]]*\] *$", re.MULTILINE)
    assert [code.name(path) for path in code.modules(*code.OURS, "tests") if bare.search(path.read_text())] == []


def test_no_unfinished_business() -> None:
    words = re.compile(r"\b(TODO|FIXME)\b|raise NotImplementedError")
    files = [
        *code.modules(*code.OURS),
        *code.templates(),
        *(code.ROOT / "static").rglob("*.js"),
        *(code.ROOT / "static").rglob("*.css"),
    ]
    assert [code.name(path) for path in files if words.search(path.read_text())] == []


def test_no_test_is_skipped() -> None:
    words = re.compile(r"pytest\.(skip|mark\.(skip|skipif|xfail)|importorskip)|unittest\.skip")
    here = code.ROOT / "tests" / "house" / "test_code.py"
    assert [code.name(path) for path in code.modules("tests") if path != here and words.search(path.read_text())] == []


def test_objects_are_reached_by_visible_to() -> None:
    """Every model that people look at says who sees which of its rows."""
    from_views = [path for path in code.modules("initiatives") if path.stem == "views" or path.parent.name == "views"]
    scoped = [call for path in from_views for call in code.calls(path) if ast.unparse(call.func) == "scoped"]
    assert [ast.unparse(call) for call in scoped if "visible_to" not in ast.unparse(call)] == []
