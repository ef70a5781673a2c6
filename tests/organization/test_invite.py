"""People come by invitation: one address, one role, one use."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.organization import letters
from initiatives.organization.models import Invitation, RoleKind, User
from tests.cast import PASSWORD, Cast
from tests.organization.conftest import Post


def invite(cast: Cast, email: str = "gina@example.org") -> Invitation:
    return Invitation.objects.invite(
        email=email, name="Gina", kind=RoleKind.DEPUTY, department=cast.department("OPS"), by=cast.administrator
    )


def test_an_invitation_sends_one_letter_that_holds_ids_only(cast: Cast, post: Post) -> None:
    invitation = invite(cast)
    (letter,) = post.letters
    assert (letter["template"], letter["email"], letter["context"]) == (
        "invitation",
        "gina@example.org",
        {"invitation": invitation.pk},
    )


def test_the_token_stands_in_the_letter_and_nowhere_in_the_database(cast: Cast, post: Post) -> None:
    invitation = Invitation.objects.get(pk=invite(cast).pk)
    token = invitation.token_for_letter()
    assert token
    assert Invitation.objects.open().with_token(token).get() == invitation
    assert token not in str(list(Invitation.objects.values())) + str(list(Event.objects.values())) + str(post.letters)
    assert invitation.token_hash not in str(list(Event.objects.values()))


def test_accepting_makes_the_person_with_the_role(cast: Cast, post: Post) -> None:
    person = invite(cast).accept(password=PASSWORD)
    assert person.check_password(PASSWORD)
    assert person.standing.heads_department(cast.department("OPS").pk)
    assert person.roles.get().granted_by == cast.administrator
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.person) == ("accepted", person)


def test_an_invitation_works_once(cast: Cast, post: Post) -> None:
    invitation = invite(cast)
    invitation.accept(password=PASSWORD)
    with pytest.raises(RuleBroken, match="not valid any more"):
        invitation.accept(password=PASSWORD)
    assert User.objects.filter(email="gina@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_acceptances_at_once_one_wins(cast: Cast, post: Post) -> None:
    pk, start, answers = invite(cast).pk, threading.Barrier(8), []

    def accept() -> None:
        try:
            invitation = Invitation.objects.get(pk=pk)
            start.wait(10)
            answers.append(invitation.accept(password=PASSWORD).email)
        except (RuleBroken, IntegrityError):
            answers.append("refused")
        finally:
            connection.close()

    readers = [threading.Thread(target=accept) for _ in range(8)]
    [reader.start() for reader in readers]
    [reader.join(20) for reader in readers]
    assert sorted(answers) == ["gina@example.org", *["refused"] * 7]
    assert User.objects.filter(email="gina@example.org").count() == 1


def test_a_withdrawn_or_expired_invitation_is_worth_nothing(cast: Cast, post: Post) -> None:
    withdrawn, expired = invite(cast), invite(cast, "otto@example.org")
    withdrawn.withdraw(by=cast.administrator)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    for invitation in (withdrawn, expired):
        with pytest.raises(RuleBroken, match="not valid any more"):
            invitation.accept(password=PASSWORD)
        assert invitation.token_for_letter() is None
        assert letters.contents("invitation", None, {"invitation": invitation.pk}) is None
    with pytest.raises(RuleBroken, match="already withdrawn"):
        withdrawn.withdraw(by=cast.administrator)
    assert not User.objects.filter(name="Gina").exists()


def test_an_invitation_loses_its_worth_with_its_author_s_right(cast: Cast, post: Post) -> None:
    invitation = invite(cast)
    cast.person("bert", "administrator")
    cast.administrator.roles.get().end(by=cast.person("bert"))
    with pytest.raises(RuleBroken, match="may not do so any more"):
        Invitation.objects.get(pk=invitation.pk).accept(password=PASSWORD)
    assert not User.objects.filter(email="gina@example.org").exists()


def test_nobody_is_invited_twice_nor_somebody_who_is_here(cast: Cast, post: Post) -> None:
    invite(cast)
    with pytest.raises(RuleBroken, match="open invitation"):
        invite(cast, "GINA@example.org")
    with pytest.raises(RuleBroken, match="already here"):
        invite(cast, cast.cxo.email)
    assert len(post.letters) == 1


def test_an_expired_invitation_can_be_renewed(cast: Cast, post: Post) -> None:
    first = invite(cast)
    Invitation.objects.filter(pk=first.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    second = invite(cast)
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "open")


def test_an_administrator_sends_at_most_twenty_invitations_an_hour(cast: Cast, post: Post) -> None:
    for number in range(20):
        invite(cast, f"guest{number}@example.org")
    with pytest.raises(RuleBroken, match="within the last hour"):
        invite(cast)
    assert len(post.letters) == 20


def test_a_former_secret_key_still_finds_the_token(cast: Cast, post: Post, settings) -> None:
    invitation = invite(cast)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 60, [settings.SECRET_KEY]
    token = invitation.token_for_letter()
    assert token
    assert Invitation.objects.open().with_token(token).exists()
