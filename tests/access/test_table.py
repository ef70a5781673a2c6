"""Each cell of the access table is asked for over HTTP: who may gets an answer, who may not 403, who may not know 404."""

import logging
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from cxgov.frame import Frame
from initiatives.core.checks import url_names
from initiatives.core.models import Event
from initiatives.core.policy import NOBODY, RULES
from initiatives.core.policy import PUBLIC as ANYBODY
from tests.access.conftest import World
from tests.access.table import ACTORS, ELSEWHERE, NOT_OFFERED, PUBLIC, QUERY, SEEN, TABLE
from tests.role import serving

ANSWERED = {200, 302, 400, 409, 422}  # an act sent with nothing in it may be refused by its form or its rule
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def what_waits_is_not_counted_above_each_of_a_thousand_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame's number has its own tests; here it would be more than half of the work."""
    monkeypatch.setattr(Frame, "waiting", lambda frame: 0)


@pytest.fixture(autouse=True)
def refusals_are_not_written_down(caplog: pytest.LogCaptureFixture) -> None:
    """Each of thousands of refusals would be logged with where it arose: a fifth of the work, and nobody reads it."""
    caplog.set_level(logging.CRITICAL, logger="django.request")


@pytest.fixture(autouse=True)
def counted_by_each_test_alone(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    settings.DEMO = True


@pytest.fixture(autouse=True)
def served_under_one_role(world: World) -> Iterator[None]:
    """For all requests of a test at once: to take the role up for each of a thousand costs as much as to answer two hundred."""
    with serving():
        yield


def cells() -> Iterator[tuple[str, str, str, str, str]]:
    """URL, method, kind, case, who may."""
    for url, methods, kind, may in TABLE:
        for method in methods.split():
            for case in SEEN[kind]:
                yield url, method, kind, case, may.get(case, "")


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event")
        return int(cursor.fetchone()[0])


def asked(client: Client, method: str, path: str, before: int) -> int:
    """The status of the answer; whatever it changed is undone. `before` is how many events there were: before each, the same."""
    with transaction.atomic():
        answer = client.generic(method, path)
        if answer.status_code in (403, 404, 405):
            assert events() == before, f"{method} {path} was refused and yet changed something"
        status = 401 if answer.status_code == 302 and "/account/login/" in answer.headers["Location"] else answer.status_code
        transaction.set_rollback(True)
    return status


def path_of(world: World, url: str, kind: str, case: str) -> str:
    return reverse(url, kwargs=world.of(kind, case) if kind else {}) + QUERY.get(url, "")


def ready(world: World, kind: str, case: str) -> bool:
    return not kind or (kind, case) in world.arguments


def test_every_url_stands_in_the_table_and_every_line_of_it_has_a_url() -> None:
    listed = {url for url, *_ in TABLE} | PUBLIC | NOT_OFFERED | ELSEWHERE
    assert sorted(set(url_names()) - listed) == [], "give these URLs a line in tests/access/table.py"
    assert sorted(listed - set(url_names())) == []


def test_the_table_and_the_rules_speak_of_the_same_methods() -> None:
    ruled = {(url, method) for (url, method), rule in RULES.items() if rule.to not in (ANYBODY, NOBODY)}
    listed = {(url, method) for url, method, *_ in cells()}
    assert listed ^ ruled == {(url, "GET") for url in ELSEWHERE}
    assert {url for (url, _), rule in RULES.items() if rule.to == ANYBODY} == PUBLIC
    assert {url for (url, _), rule in RULES.items() if rule.to == NOBODY} == NOT_OFFERED


@pytest.mark.parametrize("letter", ACTORS, ids=list(ACTORS.values()))
def test_an_actor_may_what_the_table_says_and_nothing_else(world: World, letter: str) -> None:
    client, wrong, before = Client(), [], events()
    client.force_login(world.actors[letter])
    for url, method, kind, case, may in cells():
        if not ready(world, kind, case):
            continue
        status = asked(client, method, path_of(world, url, kind, case), before)
        expected = "an answer" if letter in may else "404" if kind and letter not in SEEN[kind][case] else "403"
        found = "an answer" if status in ANSWERED else str(status)
        if found != expected and not (case == "none" and status == 403):  # refused for the object above it, already
            wrong.append(f"{method} {url} ({case}): {status} and not {expected}")
    assert wrong == []


@pytest.mark.parametrize("who", ["not signed in", "left"])
def test_nobody_outside_gets_further_than_the_sign_in_page(world: World, who: str) -> None:
    client, before = Client(), events()
    if who == "left":
        client.force_login(world.gone)
    statuses = {
        (url, method): asked(client, method, path_of(world, url, kind, case), before)
        for url, method, kind, case, _ in cells()
        if ready(world, kind, case)
    }
    assert {cell: status for cell, status in statuses.items() if status != 401} == {}


def test_a_method_that_was_not_declared_is_refused_to_everybody(world: World) -> None:
    client, before = Client(), events()
    client.force_login(world.actors["x"])
    allowed = {url: set(methods.split()) for url, methods, *_ in TABLE}
    for url, _, kind, _ in TABLE:
        case = next(iter(SEEN[kind]))
        if ready(world, kind, case):
            path = path_of(world, url, kind, case)
            statuses = {method: asked(client, method, path, before) for method in METHODS if method not in allowed[url]}
            assert set(statuses.values()) <= {405}, (url, statuses)


def test_what_is_not_offered_is_not_found(world: World) -> None:
    client, before = Client(), events()
    client.force_login(world.actors["A"])
    for name in NOT_OFFERED - {"account_confirm_email"}:
        assert asked(client, "GET", reverse(name), before) == 404, name


def test_every_line_lets_somebody_in_and_no_case_is_forgotten() -> None:
    for url, _, kind, may in TABLE:
        assert any(may.values()), url
        assert set(may) <= set(SEEN[kind]) | {"hidden"}, url


# -- What leaves the building as a file is recorded --------------------------------------------------------------------------

WORDS = "Fiona"  # a filter that no list knows, and that is kept as it was asked


def exports(world: World) -> dict[str, str]:
    kinds = {url: kind for url, _, kind, _ in TABLE}
    found = {url: kinds[url] for (url, _), rule in RULES.items() if rule.export}
    return {url: reverse(url, kwargs=world.of(kind, next(iter(SEEN[kind]))) if kind else {}) for url, kind in found.items()}


def test_every_export_is_recorded_once_with_its_filters_and_its_rows_counted_alone(world: World, client: Client) -> None:
    auditor, unrecorded = world.actors["a"], []
    client.force_login(auditor)
    for url, path in exports(world).items():
        before = Event.objects.newest_first().values_list("pk", flat=True)[0]
        answer = client.get(path, {"of": WORDS})
        facts = list(Event.objects.filter(pk__gt=before).values("verb", "actor", "subject_id", "changes"))
        name = answer["Content-Disposition"].partition('"')[2].removesuffix('"')
        rows = facts[0]["changes"].pop("rows") if facts else None
        told = {"file": name, "of": path, "filters": {"of": WORDS}}
        event = {"verb": "organization.user.exported", "actor": auditor.pk, "subject_id": auditor.pk, "changes": told}
        if facts != [event] or (name.endswith(".csv") and rows != len(answer.content.splitlines()) - 1):
            unrecorded.append((url, rows, facts))
    assert unrecorded == []
    assert len(exports(world)) >= 9


def test_to_ask_for_the_head_or_to_be_refused_records_nothing(world: World, client: Client) -> None:
    before = Event.objects.count()
    for who, ask in (("a", client.head), ("n", client.get), ("A", client.get)):
        client.force_login(world.actors[who])
        for path in exports(world).values():
            ask(path)
    assert Event.objects.count() == before


def test_the_auditor_reads_who_took_what_out(world: World, client: Client) -> None:
    client.force_login(world.actors["x"])
    client.get(reverse("portfolio:export"), {"q": "<b>", "status": "active", "note": "x" * 500})
    client.force_login(world.actors["a"])
    page = client.get(reverse("organization:exports")).text
    assert "<strong>1 file</strong>" in page
    assert "initiatives.csv" in page
    assert str(world.actors["x"]) in page
    filters = ("q: &lt;b&gt;", "note: " + "x" * 200, "status: active")
    assert "".join(f"<br><small>{words}</small>" for words in filters) + "</th>" in page
    client.force_login(world.actors["A"])
    assert client.get(reverse("organization:exports")).status_code == 403
    assert "took out" not in client.get(world.actors["x"].get_absolute_url()).text
