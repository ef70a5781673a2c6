"""The command line plays the days to come and says how the outbox stands."""

import json
from io import StringIO

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from initiatives.core import clock, readiness
from initiatives.duties import post
from initiatives.duties.models import Letter, State
from tests.cast import Cast
from tests.duties.conftest import Ask, instant

Box = list[EmailMessage]


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_days_until_an_instant_are_played(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), "2026-05-04")
    with clock.at(instant("2026-05-01 12:00")):
        came_to = json.loads(run("run_due", "--until", "2026-05-12T12:00", "--json"))
    assert (came_to["digests"], came_to["escalations"], came_to["sent"]) == (5, 1, 6)
    assert came_to["until"] == "2026-05-12T12:00:00+02:00"
    assert [mail.subject for mail in mailoutbox if mail.to == ["head_ops@example.org"]] == [
        "Report on OPS: due in 2 days",
        "Report on OPS: due today",
        *["Report on OPS: 1 overdue"] * 3,
    ]


def test_playing_the_same_days_again_sends_nothing(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), "2026-05-04")
    for _ in range(2):
        with clock.at(instant("2026-05-01 12:00")):
            run("run_due", "--until", "2026-05-06")
    assert len(mailoutbox) == 3


def test_an_instant_that_has_passed_is_played_alone(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), "2026-05-04")
    assert "1 digests" in run("run_due", "--until", "2026-05-04T09:00")
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("words", ["tomorrow", "2026-13-01", "2026-05-04T25:00", ""])
def test_what_is_no_instant_is_refused(words: str, db: None) -> None:
    with pytest.raises(CommandError, match="is not an instant"):
        run("run_due", "--until", words)


def test_the_outbox_says_how_it_stands(cast: Cast) -> None:
    with clock.at(instant("2026-05-04 10:00")):
        post.write("hello", cast.ceo, "1")
        post.write("hello", cast.ceo, "2")
    Letter.objects.filter(key="2").update(state=State.DEAD, attempts=5, reason="554", in_doubt=True)
    with clock.at(instant("2026-05-04 10:10")):
        status = json.loads(run("outbox_status", "--json"))
        probe = readiness.report()["parts"]["outbox"]
    assert {name: status[name] for name in ("queued", "sending", "sent", "dead", "dropped")} == {
        "queued": 1, "sending": 0, "sent": 0, "dead": 1, "dropped": 0,
    }  # fmt: skip
    assert (status["oldest_queued_seconds"], status["in_doubt"]) == (600.0, 1)
    assert [(one["attempts"], one["reason"]) for one in status["given_up"]] == [(5, "554")]
    assert probe == {"ok": False, "oldest_seconds": 600.0, "given_up": 1}
    assert "dead: 1" in run("outbox_status")


def test_an_empty_outbox_is_ready(db: None) -> None:
    assert readiness.report()["parts"]["outbox"] == {"ok": True, "oldest_seconds": None, "given_up": 0}
