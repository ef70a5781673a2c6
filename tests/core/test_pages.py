"""A form may say which page it stands on; the answer returns there, and never leaves the product."""

import pytest
from django.test import RequestFactory

from initiatives.core.pages import came_from, reply


@pytest.mark.parametrize("path", ["/healthz", "/healthz?page=2", "/healthz#asks"])
def test_a_page_of_the_product_is_returned_to(rf: RequestFactory, path: str) -> None:
    request = rf.post("/somewhere/", {"next": path})
    assert came_from(request) == path
    assert reply(request, "/elsewhere/").headers["Location"] == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "healthz",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example/healthz",
        "http:///evil.example",
        "javascript:alert(1)",
        "/no-such-page/",
        "/account/logout/x",
        " /healthz",
    ],
)
def test_anything_else_is_ignored(rf: RequestFactory, path: str) -> None:
    request = rf.post("/somewhere/", {"next": path})
    assert came_from(request) is None
    assert reply(request, "/elsewhere/").headers["Location"] == "/elsewhere/"
