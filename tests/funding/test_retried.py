"""Whoever lost the answer to a form on money sends it again: what was done is done once, and the second answer is the first.

`make soak` loses five hundred answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from initiatives.duties import post
from initiatives.funding import books
from initiatives.funding.models import FundingRequest, Journal, Virement
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

WRITTEN = ("funding_journal", "funding_transfer", "funding_receipt", "funding_fundingrequest", "funding_virement", "core_event")


@dataclass
class Form:
    by: User
    address: str
    values: dict[str, Any]
    other: dict[str, Any]  # what another form with this key would say
    key: str = field(default_factory=lambda: str(uuid4()))


def rows() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in WRITTEN)}")
        return tuple(cursor.fetchone())


class Sender:
    """Browsers that know who they are, and nothing of an answer that never came."""

    def __init__(self) -> None:
        self.clients: dict[int, Client] = {}

    def send(self, form: Form, **other: Any) -> HttpResponse:
        if form.by.pk not in self.clients:
            self.clients[form.by.pk] = Client()
            self.clients[form.by.pk].force_login(form.by)
        client = self.clients[form.by.pk]
        client.cookies.pop("messages", None)
        return client.post(form.address, {"key": form.key, **form.values, **other})


def bytes_of(answer: HttpResponse) -> tuple[Any, ...]:
    cookies = {name: one.value for name, one in answer.cookies.items() if name != "sessionid"}
    return answer.status_code, dict(answer.headers), answer.content, cookies


class Forms:
    """Forms of each kind, ready to be sent."""

    def __init__(self, cast: Cast, treasury: Treasury) -> None:
        self.cast, self.thing, self.numbers = cast, treasury.cost_object(), count(1)
        self.pool, self.other = treasury.pool("OPS"), treasury.pool("MKT")
        treasury.funded(self.thing, OPS="600.00")
        assert self.thing.owner is not None
        self.owner, self.heads = self.thing.owner, (cast.head("OPS"), cast.head("MKT"))

    def __iter__(self) -> Iterator[Form]:
        finance, second = self.cast.finance, self.cast.second_finance
        money = [self.moved("commit", finance), self.moved("spend", finance), self.moved("commit", self.owner)]
        back = [self.moved("release", self.owner), self.moved("decommit", finance), self.moved("commit", finance)]
        papers = [self.drafted, self.submitted, self.approved(self.heads[0]), self.approved(second), self.proposed, self.agreed]
        return (form() for form in cycle([*money, *back, self.reversed, *money, *papers]))

    def moved(self, act: str, by: User) -> Callable[[], Form]:
        def form() -> Form:
            values = {"pool": self.pool.pk, "amount": "0.05", "memo": f"PO {next(self.numbers)}"}
            return Form(by, reverse(f"funding:{act}", args=[self.thing.pk]), values, {"amount": "0.06"})

        return form

    def reversed(self) -> Form:
        entry = Journal.objects.filter(act="committed").latest("pk")
        address = reverse("funding:reverse", args=[entry.pk])
        return Form(self.cast.second_finance, address, {"reason": "Of another order"}, {"reason": "Of none"})

    def drafted(self) -> Form:
        values = {"purpose": "Kiosks", f"pool-{self.pool.pk}": "1.00"}
        return Form(self.owner, reverse("funding:request_draft", args=[self.thing.pk]), values, {"purpose": "Lanes"})

    def submitted(self) -> Form:
        return Form(self.owner, reverse("funding:request_submit", args=[FundingRequest.objects.latest("pk").pk]), {}, {})

    def approved(self, by: User) -> Callable[[], Form]:
        def form() -> Form:
            request = FundingRequest.objects.latest("pk")
            address = reverse("funding:request_approve", args=[request.pk])
            return Form(by, address, {"shown": request.shown()}, {"shown": "another"})

        return form

    def proposed(self) -> Form:
        values = {"giver": self.pool.pk, "taker": self.other.pk, "amount": "0.05", "reason": "A network", "sure": "1"}
        return Form(self.heads[0], reverse("funding:virement_propose"), values, {"amount": "0.06"})

    def agreed(self) -> Form:
        virement = Virement.objects.latest("pk")
        address = reverse("funding:virement_agree", args=[virement.pk])
        return Form(self.heads[1], address, {"shown": virement.shown()}, {"shown": "another"})


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is rung for; who is asked, others test."""
    monkeypatch.setattr(post, "ring_the_bell", lambda: None)


@pytest.mark.timeout(3600)
def test_an_answer_that_was_lost_comes_again_and_nothing_is_done_twice(
    cast: Cast, treasury: Treasury, quiet: None, pytestconfig: pytest.Config
) -> None:
    sender, differing, refused = Sender(), 0, 0
    for form in islice(Forms(cast, treasury), pytestconfig.getoption("lost")):
        before = rows()
        lost = bytes_of(sender.send(form))
        done = rows()
        again = sender.send(form)
        assert (lost[0], bytes_of(again)) == (302, lost), f"{form.address}: another answer than the first"
        assert rows() == done != before, f"{form.address} was done twice, or never"
        if form.other and differing < 20:
            differing += 1
            another = sender.send(form, **form.other)
            refused += another.status_code == 422
            assert rows() == done
    assert refused == differing > 0, "another form with the same key is refused"
    assert books.verify().right


def test_with_another_key_it_is_done_twice(cast: Cast, treasury: Treasury, quiet: None) -> None:
    """The negative control: it is the key by which the second is known."""
    sender, form = Sender(), next(iter(Forms(cast, treasury)))
    sender.send(form)
    done = rows()
    assert sender.send(form, key=str(uuid4())).status_code == 302
    assert rows() != done
