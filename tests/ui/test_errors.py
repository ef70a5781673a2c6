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
