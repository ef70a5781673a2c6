"""Letters leave once each; what goes wrong with one stops no other, and is counted in its row."""

import smtplib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection, connections
from django.template import TemplateSyntaxError

from initiatives.core import clock
from initiatives.duties import compose, outbox, post, reminders
from initiatives.duties.models import Letter, Obligation, Reminder, State
from initiatives.duties.models.letter import LEASE, LetterQuerySet
from initiatives.organization.models import User
from tests.cast import Cast
from tests.duties.conftest import Ask, instant

Box = list[EmailMessage]
START = instant("2026-05-04 10:00")


def write(to: User, key: str = "1") -> Letter:
    """A digest without lines is dropped, so these tests send a template of their own."""
    with clock.at(START):
        letter = post.write("hello", to, f"hello {key}", link="https://example.org/")
    assert letter is not None
    return letter


@pytest.fixture(autouse=True)
def hello(settings: Any, tmp_path: Any) -> None:
    folder = tmp_path / "templates" / "letters"
    folder.mkdir(parents=True)
    (folder / "hello.txt").write_text("{% partialdef subject %}Hello{% endpartialdef %}Hello {{ reader }}: {{ link }}")
    (folder / "hello.html").write_text("<p>Hello {{ reader }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates", *settings.TEMPLATES[0]["DIRS"]]}]


def deliver(after: timedelta = timedelta()) -> outbox.Round:
    with clock.at(START + after):
        return outbox.deliver()


def states() -> list[str]:
    return list(Letter.objects.order_by("id").values_list("state", flat=True))


def test_a_letter_is_sent_once_and_forgets_its_context(cast: Cast, mailoutbox: Box) -> None:
    letter = write(cast.ceo)
    assert deliver().sent == 1
    assert deliver().sent == 0
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at, letter.attempts, letter.context) == (State.SENT, START, 1, {})
    assert mailoutbox[0].extra_headers["Message-ID"] == letter.message_id


def test_a_batch_goes_over_one_connection(cast: Cast, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        write(cast.ceo, str(number))
    made: list[Any] = []
    real = outbox.get_connection
    monkeypatch.setattr(outbox, "get_connection", lambda: made.append(real()) or made[-1])
    assert deliver().sent == 3
    assert len(made) == 1


def test_nothing_goes_to_somebody_who_has_left(cast: Cast, mailoutbox: Box) -> None:
    write(cast.ceo)
    User.objects.filter(pk=cast.ceo.pk).update(is_active=False)
    assert deliver().dropped == 1
    assert not mailoutbox


class Refusing:
    """A mail server's answer to some addresses."""

    def __init__(self, address: str, error: Exception) -> None:
        self.address, self.error, self.tries = address, error, 0

    def __call__(self, backend: Any, messages: list[EmailMessage]) -> int:
        [message] = messages
        if message.to == [self.address]:
            self.tries += 1
            raise self.error
        return self.send(backend, messages)

    send: Callable[[Any, list[EmailMessage]], int]


@pytest.fixture
def refusing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Refusing:
    from django.core.mail.backends.locmem import EmailBackend

    refusing = Refusing(cast.cxo.email, smtplib.SMTPDataError(554, b"no such mailbox"))
    refusing.send = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", lambda backend, messages: refusing(backend, messages))
    return refusing


def test_a_letter_that_is_refused_is_tried_five_times_and_the_others_go(cast: Cast, mailoutbox: Box, refusing: Refusing) -> None:
    poison, good = write(cast.cxo, "poison"), write(cast.ceo, "good")
    for minute in range(400):
        deliver(timedelta(minutes=minute))
    poison.refresh_from_db(), good.refresh_from_db()
    assert (poison.state, poison.attempts, refusing.tries) == (State.DEAD, 5, 5)
    assert poison.reason == "The mail server answered 554 no such mailbox"
    assert (good.state, good.sent_at) == (State.SENT, START)
    assert len(mailoutbox) == 1


def test_it_is_tried_again_after_1_5_25_and_125_minutes(cast: Cast, refusing: Refusing) -> None:
    write(cast.cxo)
    tried = []
    for minute in range(160):
        if deliver(timedelta(minutes=minute)).failed:
            tried.append(minute)
    assert tried == [0, 1, 6, 31, 156]


def test_a_letter_that_cannot_be_written_is_given_up_alike(cast: Cast, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(letter: Letter) -> dict[str, Any]:
        raise TemplateSyntaxError("no such tag")

    write(cast.cxo)
    Letter.objects.update(template="broken")
    monkeypatch.setitem(compose._FRESH, "broken", broken)
    write(cast.ceo, "good")
    for minute in range(200):
        deliver(timedelta(minutes=minute))
    assert states() == [State.DEAD, State.SENT]
    assert len(mailoutbox) == 1


def test_without_a_mail_server_nothing_is_lost_or_counted(cast: Cast, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    write(cast.ceo), write(cast.cxo, "2")
    opened: list[int] = []

    def refused(backend: Any) -> None:
        opened.append(1)
        raise ConnectionRefusedError("nobody listens")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.open", refused)
        for minute in range(10):
            assert deliver(timedelta(minutes=minute)).given_back == 2
    assert len(opened) == 10  # one try a round, not one a letter
    assert set(Letter.objects.values_list("state", "attempts")) == {(State.QUEUED, 0)}
    assert deliver(timedelta(hours=6)).sent == 2


def test_a_letter_whose_sender_vanished_is_taken_up_after_the_lease(cast: Cast, mailoutbox: Box) -> None:
    letter = write(cast.ceo)
    [claimed] = Letter.objects.claim(10, now=START)
    assert claimed.hold(now=START)
    assert deliver(LEASE / 2).sent == 0
    assert deliver(LEASE).sent == 1
    letter.refresh_from_db()
    assert (letter.state, letter.in_doubt, letter.attempts) == (State.SENT, True, 2)


def test_a_letter_that_was_only_claimed_is_not_in_doubt(cast: Cast, mailoutbox: Box) -> None:
    write(cast.ceo)
    Letter.objects.claim(10, now=START)
    assert deliver(LEASE).sent == 1
    assert (Letter.objects.get().in_doubt, Letter.objects.get().attempts) == (False, 1)


def test_a_letter_that_ends_its_sender_five_times_is_given_up(cast: Cast, mailoutbox: Box) -> None:
    write(cast.ceo)
    for number in range(5):
        [letter] = Letter.objects.claim(10, now=START + number * LEASE)
        assert letter.hold(now=START + number * LEASE)
    assert deliver(5 * LEASE).sent == 0
    assert Letter.objects.get().state == State.DEAD
    assert not mailoutbox


def test_a_sender_that_lost_its_lease_neither_sends_nor_marks(cast: Cast, mailoutbox: Box) -> None:
    write(cast.ceo)
    [slow] = Letter.objects.claim(10, now=START)
    [quick] = Letter.objects.claim(10, now=START + LEASE)
    assert not slow.hold(now=START + LEASE)
    slow.mark_sent(now=START + LEASE)
    assert Letter.objects.get().state == State.SENDING
    assert quick.hold(now=START + LEASE)


# -- Several workers at once. Each race has a control in which the guard is gone and the harm is seen. ------------------------


def at_once(work: Callable[[], object], workers: int = 2) -> None:
    """Run `work` in threads that start together, each on a connection of its own."""
    together = threading.Barrier(workers)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            together.wait(60)
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    if failed:
        raise failed[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
def test_two_senders_send_each_letter_once(guarded: bool, cast: Cast, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        write(cast.ceo, str(number))
    if not guarded:
        monkeypatch.setattr(LetterQuerySet, "select_for_update", lambda self, **how: self)
        monkeypatch.setattr(Letter, "hold", lambda self, now: True)
        real, together = LetterQuerySet.update, threading.Barrier(2)

        def both_have_chosen(self: LetterQuerySet, **values: Any) -> int:
            if "started_at" in values and values.get("state") == State.SENDING:
                together.wait(60)
            return real(self, **values)

        monkeypatch.setattr(LetterQuerySet, "update", both_have_chosen)
    at_once(lambda: deliver())
    sent = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    assert set(sent) == set(Letter.objects.values_list("message_id", flat=True))
    assert len(sent) == (30 if guarded else 60)


@pytest.fixture
def unguarded(transactional_db: None) -> Iterator[None]:
    """The unique keys are off for the length of a test."""
    keys = [
        (Letter, next(one for one in Letter._meta.constraints if one.name == "one_letter_per_key")),
        (Reminder, next(one for one in Reminder._meta.constraints if one.name == "one_reminder_each_step")),
    ]
    with connection.schema_editor() as editor:
        for model, key in keys:
            editor.remove_constraint(model, key)
    yield
    Reminder.objects.all().delete()
    Letter.objects.all().delete()
    with connection.schema_editor() as editor:
        for model, key in keys:
            editor.add_constraint(model, key)


def two_rounds_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two beats ring in the same minute, and both have found what is due before either writes it."""
    real, together = reminders._write, threading.Barrier(2)

    def both_have_looked(template: str, lines: Any, *args: Any) -> int:
        found = list(lines)
        together.wait(60)
        return real(template, found, *args)

    monkeypatch.setattr(reminders, "_write", both_have_looked)
    at_once(lambda: reminders.write_digests(instant("2026-05-04 08:00")))


@pytest.mark.django_db(transaction=True)
def test_two_beats_write_one_digest(cast: Cast, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(cast.head("OPS")), ask(cast.head("IT"), about="IT")
    two_rounds_write(monkeypatch)
    assert Letter.objects.filter(template="digest").count() == 2
    assert Reminder.objects.count() == Obligation.objects.count() == 2


def test_two_beats_would_write_two_without_the_unique_key(
    unguarded: None, cast: Cast, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(cast.head("OPS")), ask(cast.head("IT"), about="IT")
    two_rounds_write(monkeypatch)
    assert Letter.objects.filter(template="digest").count() == 4
