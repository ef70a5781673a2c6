"""Letters that were given up are listed for administrators, who see the reason and have them sent again."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties import outbox
from initiatives.duties.models import Letter, State
from initiatives.organization.models import Invitation
from tests.cast import Cast

Box = list[EmailMessage]
LIST = reverse("duties:undelivered")


@pytest.fixture
def given_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """An invitation that the mail server refused five times."""
    Invitation.objects.invite(email="gina@example.org", name="Gina", kind="ceo", by=cast.administrator)

    def refused(*args: object) -> int:
        raise OSError("Mailbox full")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refused)
        for hours in range(6):
            with clock.at(clock.now() + timedelta(hours=4 * hours)):
                outbox.deliver_all()
    letter = Letter.objects.get()
    assert letter.state == State.DEAD
    return letter


def test_an_administrator_reads_to_whom_and_why_and_has_it_sent_again(
    cast: Cast, client: Client, given_up: Letter, mailoutbox: Box
) -> None:
    client.force_login(cast.administrator)
    page = client.get(LIST).content.decode()
    assert "gina@example.org" in page
    assert "Mailbox full" in page
    assert client.post(reverse("duties:send_again", args=[given_up.pk])).headers["Location"] == LIST
    outbox.deliver_all()
    [mail] = mailoutbox
    assert mail.to == ["gina@example.org"]
    assert "/people/invitation/" in mail.body
    assert Event.objects.about(given_up).get().act == "sent_again"
    assert "Every letter arrived" in client.get(LIST).content.decode()


def test_a_letter_is_sent_again_once(cast: Cast, client: Client, given_up: Letter) -> None:
    client.force_login(cast.administrator)
    again = reverse("duties:send_again", args=[given_up.pk])
    assert client.post(again).status_code == 302
    assert client.post(again).status_code == 409
    assert Event.objects.about(given_up).count() == 1


def test_what_is_not_true_any_more_is_not_sent_again(cast: Cast, given_up: Letter, mailoutbox: Box) -> None:
    Invitation.objects.get().withdraw(by=cast.administrator)
    given_up.send_again(by=cast.administrator)
    outbox.deliver_all()
    assert Letter.objects.get().state == State.DROPPED
    assert not mailoutbox


def test_a_letter_to_somebody_who_left_stays_given_up(cast: Cast) -> None:
    now = clock.now()
    letter = Letter.objects.create(
        template="digest", recipient=cast.nobody, key="1", state=State.DEAD, written_at=now, next_try_at=now
    )
    cast.nobody.deactivate(by=cast.administrator, reason="Left.")
    letter = Letter.objects.get(pk=letter.pk)
    with pytest.raises(RuleBroken, match="Nils Nobody has left"):
        letter.send_again(by=cast.administrator)
    assert Letter.objects.get(pk=letter.pk).state == State.DEAD


def test_readiness_counts_them(cast: Cast, given_up: Letter) -> None:
    assert outbox.readiness().facts["given_up"] == 1


def test_the_page_asks_the_same_few_queries_for_many(cast: Cast, client: Client, django_assert_max_num_queries: object) -> None:
    now = clock.now()
    Letter.objects.bulk_create(
        Letter(template="digest", recipient=cast.ceo, key=str(n), state=State.DEAD, written_at=now, next_try_at=now)
        for n in range(120)
    )
    client.force_login(cast.administrator)
    with django_assert_max_num_queries(7):  # type: ignore[operator]  # a fixture of pytest-django
        page = client.get(LIST).content.decode()
    assert page.count("Send again") == 100
