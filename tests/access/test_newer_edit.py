"""Nobody saves over somebody's newer edit: each form that edits is refused, in each of its fields, and shows both versions.

The forms are found on the pages of the access table: those that carry the version they were opened with. `make soak` tries each
field three times, more than two hundred pairs of edits.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Recorded
from tests.access.conftest import World
from tests.access.table import QUERY, SEEN, TABLE

LOG = logging.getLogger(__name__)
EDITORS = {"x": "/", "A": "/people/"}  # who edits, and below which address
WRITTEN = {"text": ("Y", "Z"), "search": ("Y", "Z"), "number": ("1", "2")}  # what the one adds to a field, and the other
PAIRS, FORMS = 60, 15  # at least so many are found


@dataclass
class Form:
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    written: dict[str, tuple[str, str]] = field(default_factory=dict)  # the fields that are typed, and what is added to each


class Forms(HTMLParser):
    """The forms of a page that are sent by POST, with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.open: Form | None = None
        self.area = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.open = Form(given.get("action") or "") if given.get("method") == "post" else None
        elif not self.open:
            return
        elif tag == "textarea":
            self.area = name
            self.open.values[name] = [""]
            self.open.written[name] = WRITTEN["text"]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.open.values.setdefault(self.select, []).append(value)
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio", "file") or "checked" in given:
                self.open.values.setdefault(name, []).append(value)
            if kind in WRITTEN:
                self.open.written[name] = WRITTEN[kind]

    def handle_data(self, data: str) -> None:
        if self.open and self.area:
            self.open.values[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.open and self.area:
            text = self.open.values[self.area][0]
            self.open.values[self.area] = [text.removeprefix("\r\n").removeprefix("\n")]
            self.area = ""
        elif tag == "form" and self.open:
            self.found.append(self.open)
            self.open = None


def edits(client: Client, path: str) -> Iterator[Form]:
    answer = client.get(path)
    if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
        return
    for form in Forms(answer.content.decode()).found:
        if form.values.get("version", [""])[0]:
            form.action = urljoin(path, form.action or path)
            yield form


def sent(client: Client, form: Form, name: str, more: str) -> tuple[int, str]:
    reason = {"reason": ["Measured anew."]} if "reason" in form.values else {}
    answer = client.post(form.action, {**form.values, **reason, name: [form.values[name][0] + more]})
    return answer.status_code, answer.content.decode()


def opened(client: Client, path: str) -> list[str]:
    """The version that the page's form begins with now."""
    return next(edits(client, path)).values["version"]


def places(world: World) -> Iterator[str]:
    """The pages with forms that are sent back to them, each for one object of its kind."""
    for url, methods, kind, _ in TABLE:
        case = next(iter(SEEN[kind]))
        if {"GET", "POST"} <= set(methods.split()) and (not kind or (kind, case) in world.arguments):
            yield reverse(url, kwargs=world.of(kind, case) if kind else {}) + QUERY.get(url, "")


def silent(client: Client, path: str, times: int = 1) -> Iterator[tuple[str, str]]:
    """Each typed field on this page that two people changed, and what was stored over the first of them without a word."""
    for form in edits(client, path):
        for name, (one, other) in [typed for typed in form.written.items() if typed[0] != "reason"] * times:
            with transaction.atomic():
                theirs, _ = sent(client, form, name, one)
                if theirs == 302:
                    mine, page = sent(client, form, name, other)
                    both = mine == 409 and form.values[name][0] + one in page
                    fine = both or opened(client, path) == form.values["version"]  # the same: it was proposed only
                    yield path, "" if fine else f"{form.action} {name}: {mine}"
                transaction.set_rollback(True)


def signed_in(world: World, letter: str) -> Client:
    client = Client()
    client.force_login(world.actors[letter])
    return client


def test_a_newer_edit_is_not_saved_over(world: World, pytestconfig: pytest.Config) -> None:
    times = pytestconfig.getoption("edits")
    found: list[tuple[str, str]] = []
    for letter, below in EDITORS.items():
        client, tried = signed_in(world, letter), {path for path, _ in found}
        for path in places(world):
            if path.startswith(below) and path not in tried:
                found += silent(client, path, times)
    assert [words for _, words in found if words] == []
    forms = {path for path, _ in found}
    assert (len(found) >= PAIRS * times, len(forms) >= FORMS) == (True, True), (len(found), sorted(forms))
    LOG.info("%d pairs of edits in %d forms", len(found), len(forms))


def test_an_edit_that_does_not_look_at_the_version_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: rows are locked without a word about what the form was opened with."""
    lock = Recorded.lock
    monkeypatch.setattr(Recorded, "lock", lambda row, **_: lock(row))
    path = reverse("organization:edit_department", kwargs=world.of("department", "own"))
    assert [words for _, words in silent(signed_in(world, "A"), path) if words]
