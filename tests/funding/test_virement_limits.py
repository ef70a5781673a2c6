"""Limits of authority and delegates hold for both sides of a transfer between pools, as they do for requests."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.models import AGREE, ApprovalLimit, Consent, Delegation, Virement
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.refusals import refused


def limited(cast: Cast, kind: str, amount: str, code: str = "OPS") -> None:
    where = {"department": cast.department(code)} if kind in ("head", "deputy") else {}
    limit = ApprovalLimit.objects.propose(kind=kind, amount=Decimal(amount), reason="Audit", by=cast.administrator, **where)
    limit.confirm(by=cast.cxo)


def proposed(treasury: Treasury, amount: str, *, by: User | None = None) -> Virement:
    giver, taker = treasury.pool("OPS"), treasury.pool("IT")
    _ = treasury.cast.head("OPS"), treasury.cast.head("IT")
    by = by or treasury.cast.finance
    return Virement.objects.propose(giver, taker, Decimal(amount), reason="Kiosks need a network.", by=by)


def asked() -> set[User]:
    return {ask.person for ask in Obligation.objects.open_now().filter(kind=AGREE)}


CONSENT = """INSERT INTO funding_consent (virement_id, side, by_id, on_behalf_of_id, key, content, shown, at, day)
    VALUES (%(virement)s, 'giver', %(by)s, %(head)s, gen_random_uuid(), 'x', 'x', now(), %(day)s)"""


def test_whose_limit_is_too_low_does_not_agree(cast: Cast, treasury: Treasury) -> None:
    limited(cast, "head", "200.00")
    virement = proposed(treasury, "300.00")
    assert asked() == {cast.cxo, cast.head("IT")}  # nobody stands above OPS but the CXO
    with pytest.raises(RuleBroken, match=r"Your limit is below 300\.00 EUR"):
        virement.agree(by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="Only a side"):
        virement.decline(by=cast.head("OPS"), reason="No")
    assert refused(CONSENT, day=today(), virement=virement.pk, by=cast.head("OPS").pk, head=None) == "agreed_within_authority"
    virement.agree(by=cast.cxo)
    virement.agree(by=cast.head("IT"))
    assert treasury.pool("IT").appropriated == 1300
    assert books.verify().right


def test_within_the_limit_who_proposes_agrees_and_beyond_it_not(cast: Cast, treasury: Treasury) -> None:
    limited(cast, "head", "200.00")
    assert [consent.by for consent in proposed(treasury, "200.00", by=cast.head("OPS")).given()] == [cast.head("OPS")]
    assert not proposed(treasury, "200.01", by=cast.head("OPS")).given().exists()
    assert Consent.objects.get().limit == 200


def test_a_delegate_agrees_on_behalf_of_the_head(cast: Cast, treasury: Treasury) -> None:
    virement, delegate = proposed(treasury, "300.00"), cast.contributor("OPS")
    client = Client()
    client.force_login(delegate)
    assert client.get(virement.get_absolute_url()).status_code == 404
    days = {"starts": today(), "ends": today() + timedelta(days=5)}
    Delegation.objects.appoint(cast.department("OPS"), delegate, by=cast.head("OPS"), reason="On leave", cap=Decimal(400), **days)
    assert client.get(virement.get_absolute_url()).status_code == 200
    assert set(Virement.objects.visible_to(delegate)) == {virement}
    virement.agree(by=delegate)
    given = Consent.objects.get()
    assert (given.by, given.on_behalf_of, given.limit) == (delegate, cast.head("OPS"), 400)
    with pytest.raises(RuleBroken, match="both sides"):
        virement.agree(by=cast.head("OPS"))
    virement.agree(by=cast.head("IT"))
    assert treasury.pool("IT").appropriated == 1300
    assert "on behalf of" in client.get(virement.get_absolute_url()).content.decode()


def test_a_delegate_does_not_agree_beyond_the_cap_nor_for_nobody(cast: Cast, treasury: Treasury) -> None:
    delegate, head = cast.contributor("OPS"), cast.head("OPS")
    days = {"starts": today(), "ends": today() + timedelta(days=5)}
    Delegation.objects.appoint(cast.department("OPS"), delegate, by=head, reason="On leave", cap=Decimal(299), **days)
    virement = proposed(treasury, "300.00")
    with pytest.raises(RuleBroken, match="Your limit is below"):
        virement.agree(by=delegate)
    for by, on_behalf_of in ((delegate, head), (delegate, None), (head, head)):
        found = refused(CONSENT, day=today(), virement=virement.pk, by=by.pk, head=on_behalf_of and on_behalf_of.pk)
        assert found in ("agreed_within_authority", "agreed_for_another")
    assert not Consent.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            CONSENT, {"virement": virement.pk, "by": head.pk, "head": None, "day": today()}
        )  # the control: the head alone may
        assert cursor.rowcount == 1


def test_what_was_agreed_by_authority_that_ended_does_not_move(cast: Cast, treasury: Treasury) -> None:
    virement = proposed(treasury, "300.00", by=cast.head("OPS"))
    limited(cast, "head", "200.00")
    with pytest.raises(RuleBroken, match="may no longer"):
        virement.agree(by=cast.head("IT"))
    consent = CONSENT.replace("'giver'", "'taker'")
    with connection.cursor() as cursor:
        cursor.execute(consent, {"virement": virement.pk, "by": cast.head("IT").pk, "head": None, "day": today()})
    made = "UPDATE funding_virement SET state = 'made', decided_at = now() WHERE id = %(virement)s"
    assert refused(made, virement=virement.pk) == "still_agreed_within_authority"
    assert treasury.pool("IT").appropriated == 1000


def test_a_new_limit_asks_others_at_once(cast: Cast, treasury: Treasury) -> None:
    proposed(treasury, "300.00")
    assert asked() == {cast.head("OPS"), cast.head("IT")}
    limited(cast, "head", "200.00")
    assert asked() == {cast.cxo, cast.head("IT")}
