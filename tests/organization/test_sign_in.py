"""Coming in: by address and password, slowly when guessing, with the same answer to everybody (catalogue row 46)."""

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.organization import letters
from initiatives.organization.models import User
from tests.cast import PASSWORD, Cast
from tests.organization.conftest import Post

LOGIN, RESET, PROFILE = reverse("account_login"), reverse("account_reset_password"), reverse("organization:profile")
NEW = "a whole new passphrase"


@pytest.fixture(autouse=True)
def own_counters(settings, request: pytest.FixtureRequest) -> None:
    """Attempts are counted in the cache; each test starts with none."""
    place = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.nodeid}
    settings.CACHES = {"default": place}


def sign_in(client: Client, login: str, password: str = PASSWORD) -> bool:
    client.post(LOGIN, {"login": login, "password": password, "next": PROFILE})
    return client.get(PROFILE).status_code == 200


def reset_link(post: Post) -> str:
    letter = post.letters[-1]
    contents = letters.contents(letter["template"], letter["to"], letter["context"])
    assert contents is not None
    link: str = contents["link"]
    return link


@pytest.mark.parametrize("login", ["clara_cxo@example.org", "Clara_CXO@Example.org", "  clara_cxo@example.org "])
def test_the_address_is_the_login_whatever_its_case(client: Client, cast: Cast, login: str) -> None:
    assert cast.cxo.is_active
    assert sign_in(client, login)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client, cast: Cast) -> None:
    known, unknown = cast.cxo.email, "nobody_known@example.org"
    answers = []
    for login in (known, unknown):
        page = client.post(LOGIN, {"login": login, "password": "wrong-password"}).content.decode()
        answers.append(page.replace(login, "").split("<main")[1])
    masked = [answer.split("csrfmiddlewaretoken")[0] for answer in answers]
    assert masked[0] == masked[1]
    assert "_auth_user_id" not in client.session


def test_somebody_who_left_does_not_come_in(client: Client, cast: Cast) -> None:
    cast.nobody.deactivate(by=None, reason="Left.")
    assert not sign_in(client, cast.nobody.email)


def test_somebody_switched_off_in_any_other_way_does_not_come_in_either(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.nobody.pk).update(is_active=False)
    assert not sign_in(client, cast.nobody.email)


def test_after_five_wrong_passwords_even_the_right_one_waits(client: Client, cast: Cast) -> None:
    for _ in range(5):
        assert not sign_in(client, cast.cxo.email, "wrong-password")
    assert not sign_in(client, cast.cxo.email)
    assert sign_in(Client(), cast.ceo.email), "somebody else is not held up"


def test_a_password_is_hashed_with_argon2(cast: Cast) -> None:
    assert User.objects.get(pk=cast.cxo.pk).password.startswith("argon2$")


@pytest.mark.parametrize("password", ["  spaces at both ends  ", "🛫 passengers 👨‍👩‍👧 first 🛬", "x y" * 60])
def test_a_password_may_be_long_and_is_never_trimmed(client: Client, cast: Cast, password: str) -> None:
    cast.cxo.set_password(password)
    cast.cxo.save()
    assert not sign_in(client, cast.cxo.email, password + " ")
    assert sign_in(client, cast.cxo.email, password)


@pytest.mark.parametrize(("password", "status"), [("x" * 5_000, 200), ("a\x00b", 400), ("x" * 11_000_000, 400)])
def test_a_password_that_is_an_attack_is_refused_before_it_is_hashed(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, password: str, status: int
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(User, "check_password", lambda self, raw: hashed.append(raw) or False)
    assert client.post(LOGIN, {"login": cast.cxo.email, "password": password}).status_code == status
    assert hashed == []


# -- A new password ------------------------------------------------------------------------------------------------------


def test_a_reset_is_answered_alike_and_mailed_to_the_known_only(client: Client, cast: Cast, post: Post) -> None:
    cast.nobody.deactivate(by=None, reason="Left.")
    answers = [
        (answer.status_code, answer.headers["Location"], client.get(answer.headers["Location"]).content)
        for address in (cast.cxo.email, "unknown@example.org", cast.nobody.email)
        for answer in [client.post(RESET, {"email": address})]
    ]
    assert answers[0] == answers[1] == answers[2]
    assert [(letter["template"], letter["email"], letter["context"]) for letter in post.letters] == [
        ("password_reset", cast.cxo.email, {})
    ]


def test_a_reset_letter_gives_a_new_password_once_and_ends_other_sessions(client: Client, cast: Cast, post: Post) -> None:
    assert sign_in(client, cast.cxo.email)
    browser = Client()
    browser.post(RESET, {"email": cast.cxo.email})
    link = reset_link(post)
    form = browser.get(link, follow=True)
    assert form.status_code == 200
    assert browser.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}).status_code == 302
    assert sign_in(browser, cast.cxo.email, NEW)
    assert client.get(PROFILE).status_code == 302, "the old session has ended"
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()
    event = Event.objects.about(cast.cxo).get()
    assert (event.act, event.changes) == ("password_changed", {})


def test_a_reset_letter_to_somebody_who_left_meanwhile_is_not_sent(client: Client, cast: Cast, post: Post) -> None:
    client.post(RESET, {"email": cast.cxo.email})
    letter = post.letters[-1]
    cast.cxo.deactivate(by=None, reason="Left.")
    assert letters.contents("password_reset", User.objects.get(pk=cast.cxo.pk), letter["context"]) is None


def test_a_weak_password_is_refused(client: Client, cast: Cast, post: Post) -> None:
    assert sign_in(client, cast.cxo.email)
    change = reverse("account_change_password")
    for weak in ("short", "clara_cxo@example.org", "x" * 5_000):
        client.post(change, {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
        assert User.objects.get(pk=cast.cxo.pk).check_password(PASSWORD)
    client.post(change, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert User.objects.get(pk=cast.cxo.pk).check_password(PASSWORD)
    client.post(change, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert User.objects.get(pk=cast.cxo.pk).check_password(NEW)
    assert client.get(PROFILE).status_code == 200, "the session in which it was changed goes on"


def test_reset_letters_are_not_sent_without_end(client: Client, cast: Cast, post: Post) -> None:
    for _ in range(8):
        client.post(RESET, {"email": cast.cxo.email})
    assert len(post.letters) == 5


# -- What is not offered -------------------------------------------------------------------------------------------------


def test_nobody_signs_up_alone(client: Client, db: None) -> None:
    answer = client.get(reverse("account_signup"))
    assert answer.status_code == 200
    assert "invitation" in answer.content.decode()
    assert (
        client.post(reverse("account_signup"), {"email": "x@example.org", "password1": NEW, "password2": NEW}).status_code == 405
    )
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["account_email", "account_set_password", "account_email_verification_sent"])
def test_what_the_library_offers_besides_is_not_found(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.cxo)
    assert client.get(reverse(name)).status_code == 404


def test_sessions_are_listed_and_ended_by_their_owner(client: Client, cast: Cast) -> None:
    other = Client()
    assert sign_in(client, cast.cxo.email)
    assert sign_in(other, cast.cxo.email)
    assert client.get(reverse("usersessions_list")).status_code == 200
    client.post(reverse("usersessions_list"))
    assert other.get(PROFILE).status_code == 302
    assert client.get(PROFILE).status_code == 200
