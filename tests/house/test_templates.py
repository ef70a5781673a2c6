"""Templates compile, stay short, and hold nothing that the content security policy or an attacker would notice."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

from tests.house import code

LONGEST = 120
# A template that stands above the limit, with the reason.
LONG_TEMPLATES: dict[str, str] = {
    "templates/core/ui.html": "the pattern page shows every component in every state",
}
HTML = [path for path in code.templates() if path.suffix == ".html"]


def own(path: Path) -> str:
    return path.relative_to(code.ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", code.templates(), ids=code.name)
def test_it_compiles(path: Path) -> None:
    if path.suffix == ".svg":
        engines["django"].from_string(path.read_text())
    else:
        get_template(own(path))


def test_templates_are_short() -> None:
    long = {f"{code.name(path)} ({lines})" for path in HTML if (lines := len(path.read_text().splitlines())) > LONGEST}
    assert {name for name in long if name.split()[0] not in LONG_TEMPLATES} == set()


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline style", r"""\sstyle\s*=\s*["'{]"""),
        ("a <style> element", r"<style\b"),
        ("an inline handler", r"""\son[a-z]+\s*=\s*["'{]"""),
        ("an inline script", r"<script\b(?![^>]*\bsrc=)"),
        ("a javascript: address", r"""["']\s*javascript:"""),
        ("markup that is not escaped", r"\|\s*safe\b|autoescape\s+off"),
        ("a file from elsewhere", r"""(?:src|href)\s*=\s*["']?(?:https?:)?//"""),
        ("an evaluated htmx expression", r"""hx-on[:a-z-]*\s*=|["']js:|hx-vals\s*=\s*["']js"""),
    ],
)
def test_no_page_holds(what: str, pattern: str) -> None:
    letters = code.ROOT / "templates" / "letters"  # mail programs know no style sheets
    pages = [path for path in HTML if not (letters in path.parents and "style" in what)]
    found = [code.name(path) for path in pages if re.search(pattern, path.read_text(), re.IGNORECASE)]
    assert found == [], f"{what} stands in a template"


MARKED = re.compile(
    r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL
)


def test_every_sentence_of_an_event_is_marked_for_translation() -> None:
    sentences = sorted((code.ROOT / "templates" / "events").glob("*.html"))
    assert len(sentences) > 100
    assert [code.name(path) for path in sentences if re.search(r"[^\W\d_]", MARKED.sub("", path.read_text()))] == []
