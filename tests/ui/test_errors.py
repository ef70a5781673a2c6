"""Pages for what went wrong: each says what to do, and a missing page never tells more than it must."""

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.fixture
def administrator(client: Client, cast: Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def test_what_does_not_exist_is_answered_with_the_same_bytes_wherever_it_was_looked_for(administrator: Client) -> None:
    first, second = administrator.get("/no-such-place"), administrator.get("/another/one?with=words")
    assert first.status_code == second.status_code == 404
    assert first.content == second.content
    assert b"There is nothing here for you" in first.content


def test_the_pattern_page_is_for_administrators(client: Client, cast: Cast) -> None:
    client.force_login(cast.cxo)
    assert client.get("/ui/").status_code == 403
    client.force_login(cast.administrator)
    assert client.get("/ui/").status_code == 200


def test_a_page_that_is_not_the_readers_says_whose_it_is(client: Client, cast: Cast) -> None:
    client.force_login(cast.cxo)
    answer = client.get("/ui/")
    assert answer.status_code == 403
    assert b"administrators: the pattern page" in answer.content


def test_a_part_of_a_page_hears_of_a_refusal_above_the_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.cxo)
    for path, status in (("/ui/", 403), ("/nowhere/", 404)):
        answer = client.get(path, headers={"HX-Request": "true", "HX-Target": "panel"})
        assert answer.status_code == status
        assert answer["HX-Retarget"] == "#notices"
        assert b"<html" not in answer.content


def test_a_part_of_a_page_is_a_part_and_carries_what_was_said(administrator: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "panel"}
    part = administrator.get("/ui/?open=CX-001", headers=headers)
    assert part.content.lstrip().startswith(b'<div class="panel-head">')
    assert b"notices" not in part.content
