"""Without a mail server mails are kept, and in the demo world each person reads the own ones."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.duties import mailbox
from initiatives.organization.models import User
from tests.cast import Cast


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    return tmp_path / "mail"


def keep(to: str, subject: str = "Hello", body: str = "Good morning", attach: str = "<p>Good morning</p>") -> None:
    mail = EmailMultiAlternatives(subject, body, "cxgov@example.org", [to])
    mail.attach_alternative(attach, "text/html")
    assert get_connection("initiatives.duties.mailbox.KeepAsEml").send_messages([mail]) == 1


def test_each_mail_is_one_whole_file(demo: Path) -> None:
    keep("ceo@example.org")
    [file] = demo.iterdir()
    assert file.suffix == ".eml"
    assert b"Subject: Hello" in file.read_bytes()


def test_a_full_disk_leaves_no_half_of_a_mail(demo: Path, monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(cast.ceo.email)
    monkeypatch.undo()
    assert mailbox.kept_for(cast.ceo) == []


def test_everybody_reads_their_own_newest_first_and_administrators_all(cast: Cast) -> None:
    keep(cast.ceo.email, "First")
    keep(cast.cxo.email, "Other")
    keep(cast.ceo.email, "Second")
    assert [mail.subject for mail in mailbox.kept_for(cast.ceo)] == ["Second", "First"]
    assert [mail.subject for mail in mailbox.kept_for(cast.administrator)] == ["Second", "Other", "First"]


def test_an_address_within_another_is_not_the_same(cast: Cast) -> None:
    """o@example.org is a part of ceo@example.org."""
    short = User.objects.create_user("cxo@example.org", "Short")
    keep("clara_cxo@example.org")
    assert mailbox.kept_for(short) == []


def test_the_page_lists_and_shows_them(cast: Cast, client: Client, django_assert_max_num_queries: Any) -> None:
    keep(cast.ceo.email, "Report <b>late</b>", "See http://localhost:8000/there/ <script>alert(1)</script>")
    client.force_login(cast.ceo)
    listed = client.get("/mail/")
    assert "Report &lt;b&gt;late&lt;/b&gt;" in listed.content.decode()
    [mail] = mailbox.kept_for(cast.ceo)
    with django_assert_max_num_queries(8):
        shown = client.get(f"/mail/{mail.name}/").content.decode()
    assert '<a href="http://localhost:8000/there/"' in shown
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_somebody_elses_mail_is_answered_as_one_that_does_not_exist(cast: Cast, client: Client) -> None:
    keep(cast.cxo.email)
    [mail] = mailbox.kept_for(cast.administrator)
    client.force_login(cast.ceo)
    foreign, absent = client.get(f"/mail/{mail.name}/"), client.get("/mail/nothing/")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    client.force_login(cast.administrator)
    assert client.get(f"/mail/{mail.name}/").status_code == 200


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fsecret", "..%5csecret", "%00", ".hidden", "%F0%9F%93%A8", "a" * 5000])
def test_a_name_leads_nowhere_else(name: str, cast: Cast, client: Client, demo: Path) -> None:
    (demo.parent / "secret.eml").write_text(f"To: {cast.ceo.email}\n\nsecret")
    client.force_login(cast.ceo)
    assert client.get(f"/mail/{name}/").status_code in (400, 404)


def test_outside_the_demo_world_there_is_no_such_page(cast: Cast, client: Client, settings: Any) -> None:
    settings.DEMO = False
    for user in (cast.ceo, cast.administrator):
        client.force_login(user)
        assert client.get("/mail/").status_code == 403


def test_strangers_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/mail/").headers["Location"].startswith("/account/login/")


def test_an_empty_page_says_what_will_come(cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.force_login(cast.ceo)
    assert "No mail yet" in client.get("/mail/").content.decode()
