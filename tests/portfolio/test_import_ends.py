"""How an import ends is told to who began it; files of imports that came to nothing are taken away, their rows stay."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.test import Client

from initiatives.core import clock
from initiatives.core.imports import running
from initiatives.core.imports.models import ImportRun, RunState, upload
from initiatives.core.imports.states import KEPT_FOR
from initiatives.core.imports.targets import TARGETS
from initiatives.core.models import Event
from initiatives.duties import outbox
from initiatives.duties.models import Letter, State
from initiatives.organization.models import User
from tests.cast import Cast
from tests.portfolio.importing import Confirmed, ran, simple

Box = list[EmailMessage]
TWO_ROWS = b"id,title,dept\n1,A,OPS\n2,B,OPS\n"
SAID = "Import of x.csv: 2 were created, 0 updated, 0 the same already."


@pytest.fixture
def run(cast: Cast, confirmed: Confirmed) -> ImportRun:
    """Two rows that wait to run, by the CXO."""
    cast.department("OPS")
    return confirmed(TWO_ROWS, simple())


def delivered(after: timedelta) -> None:
    with clock.at(clock.now() + after):
        outbox.deliver_all()


def opened(client: Client, by: User, path: str = "/initiatives/") -> str:
    client.force_login(by)
    return client.get(path).content.decode()


# -- Told on the next page ---------------------------------------------------------------------------------------------------


def test_the_result_stands_above_the_next_page_once(cast: Cast, client: Client, run: ImportRun) -> None:
    ran(run)
    page = opened(client, cast.cxo)
    assert f'<a href="/initiatives/import/{run.pk}/">{SAID}</a>' in page
    assert SAID not in opened(client, cast.cxo)


def test_nobody_else_is_told(cast: Cast, client: Client, run: ImportRun) -> None:
    ran(run)
    assert "Import of x.csv" not in opened(client, cast.ceo)


def test_a_part_of_a_page_leaves_the_notice_for_the_next_whole_one(cast: Cast, client: Client, run: ImportRun) -> None:
    ran(run)
    client.force_login(cast.cxo)
    part = client.get("/initiatives/", headers={"HX-Request": "true", "HX-Target": "rows"})
    assert SAID not in part.content.decode()
    assert SAID in opened(client, cast.cxo)


def test_a_failure_says_why_and_that_nothing_is_stored(
    cast: Cast, client: Client, run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "take_turn", lambda target: (_ for _ in ()).throw(running.RuleBroken("Another one runs.")))
    assert ran(run).state == RunState.FAILED
    assert "Import of x.csv: Another one runs. Nothing of it is stored." in opened(client, cast.cxo)


def test_an_import_that_somebody_else_cancelled_is_told_and_ones_own_is_not(
    cast: Cast, client: Client, confirmed: Confirmed
) -> None:
    cast.department("OPS")
    heads = confirmed(TWO_ROWS, simple(), by=cast.head("OPS"))
    heads.cancel(by=cast.cxo)
    assert "Import of x.csv: It was cancelled. Nothing of it is stored." in opened(client, cast.head("OPS"))
    own = confirmed(TWO_ROWS, simple(), by=cast.head("OPS"))
    own.cancel(by=cast.head("OPS"))
    assert "It was cancelled." not in opened(client, cast.head("OPS"))


def test_a_page_without_anything_to_say_asks_nothing_more(cast: Cast, django_assert_num_queries: Any) -> None:
    cxo = cast.cxo
    with django_assert_num_queries(0):
        assert cxo.hear() == []


# -- Told by mail ------------------------------------------------------------------------------------------------------------


def test_who_has_seen_the_result_gets_no_mail(cast: Cast, client: Client, run: ImportRun, mailoutbox: Box) -> None:
    ran(run)
    opened(client, cast.cxo)
    delivered(timedelta(minutes=2))
    assert (Letter.objects.get().state, Letter.objects.get().reason) == (State.DROPPED, "Its reader has seen how it ended.")
    assert not mailoutbox


def test_who_left_is_written_to_after_a_minute(cast: Cast, run: ImportRun, mailoutbox: Box) -> None:
    ran(run)
    delivered(timedelta(seconds=30))
    assert not mailoutbox
    delivered(timedelta(seconds=90))
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([cast.cxo.email], "Import of x.csv is done")
    assert SAID in mail.body
    assert f"/initiatives/import/{run.pk}/" in mail.body


def test_who_waited_for_longer_than_a_minute_is_written_to_at_once(
    cast: Cast, client: Client, run: ImportRun, mailoutbox: Box
) -> None:
    ImportRun.objects.filter(pk=run.pk).update(confirmed_at=clock.now() - timedelta(seconds=61))
    ran(run)
    opened(client, cast.cxo)
    delivered(timedelta(seconds=1))
    assert [mail.subject for mail in mailoutbox] == ["Import of x.csv is done"]


def test_who_may_not_import_any_more_gets_no_mail(cast: Cast, confirmed: Confirmed, mailoutbox: Box) -> None:
    cast.department("OPS")
    head = cast.head("OPS")
    ran(confirmed(TWO_ROWS, simple(), by=head))
    head.roles.get().end(by=cast.administrator, reason="Moves on.")
    delivered(timedelta(minutes=2))
    assert Letter.objects.get(template="import_ended").state == State.DROPPED
    assert not mailoutbox


# -- Files that are of no use any more ---------------------------------------------------------------------------------------


@pytest.fixture
def unfinished(cast: Cast) -> ImportRun:
    return upload(TARGETS["initiatives"], ContentFile(TWO_ROWS), "x.csv", by=cast.cxo)


def cleared_in(time: timedelta) -> int:
    with clock.at(clock.now() + time):
        return running.clear_stale()


def files() -> list[Path]:
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


def test_a_file_that_nobody_finished_goes_after_two_weeks_and_its_row_says_so(
    cast: Cast, client: Client, unfinished: ImportRun
) -> None:
    assert cleared_in(KEPT_FOR - timedelta(hours=1)) == 0
    assert len(files()) == 1
    assert cleared_in(KEPT_FOR + timedelta(hours=1)) == 1
    assert files() == []
    unfinished.refresh_from_db()
    assert (unfinished.state, unfinished.failure) == (RunState.CANCELLED, "Nobody finished it in two weeks.")
    assert Event.objects.about(unfinished).newest_first()[0].act == "cleared"
    assert "files of imports that came to nothing are kept for two weeks" in opened(
        client, cast.cxo, unfinished.get_absolute_url()
    )
    assert client.get(f"{unfinished.get_absolute_url()}map/").status_code == 409
    assert cleared_in(KEPT_FOR * 2) == 0


def test_the_file_of_a_cancelled_import_goes_that_of_a_stored_one_stays(cast: Cast, run: ImportRun, confirmed: Confirmed) -> None:
    ran(run)
    other = confirmed(TWO_ROWS, simple())
    other.cancel(by=cast.cxo)
    assert cleared_in(KEPT_FOR + timedelta(hours=1)) == 1
    assert [default_storage.path(run.path)] == [str(path) for path in files()]


def test_a_file_that_is_gone_already_stops_nobody(unfinished: ImportRun) -> None:
    default_storage.delete(unfinished.path)
    assert cleared_in(KEPT_FOR + timedelta(hours=1)) == 1


def test_an_import_that_was_confirmed_meanwhile_keeps_its_file(run: ImportRun) -> None:
    run.clear(by=None)
    run.refresh_from_db()
    assert (run.state, run.removed_at, len(files())) == (RunState.WAITING, None, 1)
