"""Money on pages: who sees what, figures that agree with their records, forms that act once."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.funding.above import Name
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

Names = dict[int, Name]


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: int) -> str:
    return reverse(f"funding:{name}", args=args)


def text(response) -> str:
    """The words of the page, without markup, blanks made plain."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())).replace("\xa0", " ")


@pytest.fixture
def world(cast: Cast, treasury: Treasury, named: Names) -> dict[str, int]:
    """Two cost objects of OPS: one that may be opened, one that may not; both got money, both ask for more."""
    pool, kiosks, secret = treasury.pool("OPS"), treasury.cost_object(), treasury.cost_object(owner=cast.contributor("MKT"))
    named[kiosks.pk] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    for thing, amount in ((kiosks, "300.00"), (secret, "70.00")):
        treasury.funded(thing, OPS=amount)
        thing.commit(pool, Decimal("20.00"), by=cast.finance, memo="Order for CANARY" if thing == secret else "Order")
    asked = treasury.submitted(kiosks, OPS="11.00", CENTRAL="5.00")
    hidden = treasury.submitted(secret, OPS="7.00")
    draft = treasury.draft(kiosks, OPS="1.00")
    return {"pool": pool.pk, "kiosks": kiosks.pk, "secret": secret.pk, "asked": asked.pk, "hidden": hidden.pk, "draft": draft.pk}


# -- who sees what -----------------------------------------------------------------------------------------------------------

PAGES = ["pools", "pool", "pool_journal", "requests", "asked", "hidden", "draft", "kiosks", "ask", "year_open", "pool_open"]
SEES = {
    "finance": "200 200 200 200 200 200 200 200 403 200 200",
    "cxo": "200 200 200 200 200 200 200 200 200 403 403",
    "ceo": "200 200 200 200 200 200 200 200 403 403 403",
    "auditor": "200 200 200 200 200 200 200 200 403 403 403",
    "administrator": "403 404 404 403 404 404 404 404 404 403 403",
    "nobody": "403 404 404 403 404 404 404 404 404 403 403",
    "head OPS": "200 200 200 200 200 200 200 200 200 403 403",
    "deputy OPS": "200 200 200 200 200 200 200 200 200 403 403",
    "head MKT": "200 404 404 200 404 404 404 404 404 403 403",
    "contributor OPS": "403 404 404 200 200 404 200 200 200 403 403",
    "contributor MKT": "403 404 404 200 404 200 404 404 404 403 403",
}


def person(cast: Cast, who: str) -> User:
    part, _, code = who.partition(" ")
    found = getattr(cast, part)
    return found(code) if code else found


@pytest.mark.parametrize("who", SEES)
def test_who_sees_which_page(cast: Cast, world: dict[str, int], who: str) -> None:
    client = as_(person(cast, who))
    addresses = {
        "pools": url("pools"),
        "pool": url("pool", world["pool"]),
        "pool_journal": url("pool_journal", world["pool"]),
        "requests": url("requests"),
        "asked": url("request", world["asked"]),
        "hidden": url("request", world["hidden"]),
        "draft": url("request", world["draft"]),
        "kiosks": url("cost_object", world["kiosks"]),
        "ask": url("request_draft", world["kiosks"]),
        "year_open": url("year_open"),
        "pool_open": url("pool_open"),
    }
    seen = " ".join(str(client.get(addresses[name]).status_code) for name in PAGES)
    assert seen == SEES[who]
