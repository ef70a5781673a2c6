"""Money on pages: who sees what, figures that agree with their records, forms that act once."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.funding import reports
from initiatives.funding.above import Name
from initiatives.funding.models import BudgetChange, CostObject, FiscalYear, FundingRequest, Journal, Pool, State
from initiatives.funding.reports.pools import pool_entries
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import raised

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
    "finance": "200 200 200 200 200 200 200 200 403 200 403",
    "cxo": "200 200 200 200 200 200 200 200 200 403 200",
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


def test_lists_and_permissions_agree(cast: Cast, world: dict[str, int]) -> None:
    people = [person(cast, who) for who in SEES]
    for model, permission in ((Pool, "view_pool"), (FundingRequest, "view_request"), (CostObject, "view_money")):
        for user in people:
            listed = set(model.objects.visible_to(user).values_list("pk", flat=True))
            allowed = {row.pk for row in model.objects.all() if user.has_perm(f"funding.{permission}", row)}
            assert listed == allowed, f"{user}, {model.__name__}"


def test_somebody_who_left_sees_no_money(cast: Cast, world: dict[str, int]) -> None:
    finance = cast.finance
    finance.is_active = False
    for model in (Pool, FundingRequest, CostObject, Journal):
        assert not model.objects.visible_to(finance).exists()


def test_what_may_not_be_opened_has_its_amount_and_no_name(cast: Cast, world: dict[str, int]) -> None:
    """The pool's balance is true for everybody who sees the pool; a head reads one line, finance each entry."""
    for who in (cast.head("OPS"), cast.finance):
        client = as_(who)
        pool, journal = client.get(url("pool", world["pool"])), client.get(url("pool_journal", world["pool"]))
        for response in (pool, journal, client.get(url("request", world["hidden"])), client.get(url("requests"))):
            assert "CANARY" not in response.content.decode()
        assert "Restricted 70.00 50.00 20.00 0.00" in text(pool)
        assert "370.00" in text(pool)
    head = as_(cast.head("OPS")).get(url("pool_journal", world["pool"])).content.decode().splitlines()
    finance = as_(cast.finance).get(url("pool_journal", world["pool"])).content.decode().splitlines()
    assert [line for line in head if "Restricted" in line] == [
        ",Allocated,Restricted item,,,EUR,70.00,-70.00,,",
        ",Committed,Restricted item,,,EUR,20.00,0.00,,",
    ]
    assert len([line for line in finance if "Restricted item" in line and not line.startswith(",")]) == 2
    hidden = text(as_(cast.finance).get(url("request", world["hidden"])))
    assert "Self-service kiosks" not in hidden
    assert "withheld" in hidden
    assert "Contributor Mkt" not in hidden, "who asks tells what it is for"
    assert "Contributor Mkt" not in text(as_(cast.finance).get(url("requests")))
    assert "Self-service kiosks" in text(as_(cast.finance).get(url("request", world["asked"])))


def test_figures_agree_with_their_records(cast: Cast, world: dict[str, int], treasury: Treasury) -> None:
    user, pool = cast.head("OPS"), treasury.pool("OPS")
    report = reports.pool_page(user, pool)
    assert sum(row.allocated for row in report.given) == pool.allocated == 370
    assert sum(row.committed for row in report.given) == pool.committed == 40
    assert sum(row.amount for row in report.requests) == pool.asked == 18
    assert sum(entry.effect for entry in report.journal.entries) == pool.free
    year = reports.pools(cast.ceo, list(FiscalYear.objects.all()), treasury.year)
    assert year.totals["appropriated"] == sum(row.appropriated for row in year.rows)
    assert year.totals["appropriated"] == year.totals["free"] + year.totals["allocated"]
    rows = reports.request_rows(user, reports.requests(user, state="submitted", pool=pool), of=pool)
    assert sum(row.amount for row in rows) == pool.asked


@pytest.mark.parametrize("who", ["head", "finance"])
def test_a_journal_is_read_in_pages_without_loss(cast: Cast, world: dict[str, int], treasury: Treasury, who: str) -> None:
    user, pool = cast.head("OPS") if who == "head" else cast.finance, treasury.pool("OPS")
    whole = pool_entries(user, pool).entries
    pages, before = [pool_entries(user, pool, rows=2)], None
    while (before := pages[-1].older) is not None:
        pages.append(pool_entries(user, pool, rows=2, before=before))
    read = [(entry.journal, entry.label, entry.amount) for page in pages for entry in page.entries]
    assert sorted(read) == sorted((entry.journal, entry.label, entry.amount) for entry in whole)
    assert len(pages) > 1
    merged = [entry for page in pages[1:] for entry in page.entries if not entry.journal]
    assert merged == [], "what is hidden stands on the first page, whole"


def test_older_entries_are_one_click_away(
    cast: Cast, world: dict[str, int], treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_entries, "__kwdefaults__", {**(pool_entries.__kwdefaults__ or {}), "rows": 1})
    client, page = as_(cast.finance), url("pool", world["pool"])
    first = client.get(page)
    older = first.context["report"].journal.older
    assert f"?before={older}#journal" in first.content.decode()
    assert client.get(f"{page}?before={older}").status_code == 200


def test_what_remains_in_a_pool_is_withheld_from_who_does_not_see_the_pool(cast: Cast, world: dict[str, int]) -> None:
    shown = text(as_(cast.head("OPS")).get(url("request", world["asked"])))
    assert "Ops department 2026 11.00 630.00 → 619.00" in shown
    assert "Central pool 2026 5.00 withheld withheld" in shown
    assert "Central pool 2026 5.00 1,000.00 → 995.00" in text(as_(cast.cxo).get(url("request", world["asked"])))


def test_amounts_are_withheld_on_the_panel_never_zero(cast: Cast, world: dict[str, int]) -> None:
    panel = reports.money_panel(cast.head("MKT"), CostObject.objects.get(pk=world["kiosks"]))
    assert not panel.open
    assert panel.pools == panel.requests == []


# -- forms that act once -----------------------------------------------------------------------------------------------------


def counted() -> tuple[int, int]:
    return Journal.objects.count(), FundingRequest.objects.count()


def hidden_field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_request_is_drafted_submitted_and_approved_on_its_pages(cast: Cast, treasury: Treasury, world: dict[str, int]) -> None:
    thing, pool = CostObject.objects.get(pk=world["kiosks"]), treasury.pool("OPS")
    owner = as_(thing.owner)
    form = {"key": str(uuid4()), "purpose": "More kiosks", f"pool-{pool.pk}": "12.50"}
    first, again = (owner.post(url("request_draft", thing.pk), form) for _ in range(2))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    request = FundingRequest.objects.latest("pk")
    assert owner.post(url("request_submit", request.pk), {"key": str(uuid4())}).status_code == 302
    for user in (cast.head("OPS"), cast.finance):
        client = as_(user)
        page = client.get(url("request", request.pk)).content.decode()
        approve = page[page.index(url("request_approve", request.pk)) :]
        form = {name: hidden_field(approve, name) for name in ("shown", "key")}
        answers = [client.post(url("request_approve", request.pk), form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
    request.refresh_from_db()
    assert request.state == State.ALLOCATED
    assert request.approvals.count() == 2


def test_what_was_not_shown_is_not_approved(cast: Cast, world: dict[str, int]) -> None:
    client = as_(cast.head("OPS"))
    for shown in ("", "0" * 64):
        answer = client.post(url("request_approve", world["asked"]), {"key": str(uuid4()), "shown": shown})
        assert answer.status_code == 409
    assert FundingRequest.objects.get(pk=world["asked"]).approvals.count() == 0


@pytest.mark.parametrize("key", ["", "x", "9" * 300, "{00000000-0000-0000-0000-000000000000}"])
def test_a_form_without_a_key_is_400(cast: Cast, world: dict[str, int], key: str) -> None:
    before = counted()
    form = {"key": key, "pool": str(world["pool"]), "amount": "1.00", "memo": "x", "reason": "x"}
    client, owner = as_(cast.finance), as_(cast.contributor("OPS"))
    entry = Journal.objects.filter(act="committed").latest("pk")
    for address in (
        url("commit", world["kiosks"]),
        url("reverse", entry.pk),
        url("request_decline", world["asked"]),
    ):
        assert client.post(address, form).status_code == 400, address
    for address in (url("request_draft", world["kiosks"]), url("request_submit", world["draft"])):
        assert owner.post(address, form).status_code == 400, address
    assert counted() == before


def test_the_same_key_with_other_content_is_422(cast: Cast, world: dict[str, int]) -> None:
    client, key = as_(cast.finance), str(uuid4())
    form = {"key": key, "pool": str(world["pool"]), "amount": "1.00", "memo": "Order"}
    assert client.post(url("commit", world["kiosks"]), form).status_code == 302
    before = counted()
    other = client.post(url("commit", world["kiosks"]), {**form, "amount": "2.00"})
    assert other.status_code == 422
    assert "other content" in text(other)
    assert counted() == before


@pytest.mark.parametrize("amount", ["", "0", "-5", "1_000", "1E+5", "NaN", "1,000", "0.005", "٣٤٥", "9999999999999"])
def test_what_is_not_an_amount_is_an_error_at_its_field(cast: Cast, world: dict[str, int], amount: str) -> None:
    before, client = counted(), as_(cast.finance)
    typed = {"memo": "typed before", "reason": "typed before"}
    form = {"key": str(uuid4()), "pool": str(world["pool"]), "amount": amount, "shown": "200.00", "way": "cut", **typed}
    for address in (url("commit", world["kiosks"]), url("pool_budget", world["pool"])):
        answer = client.post(address, form)
        assert answer.status_code == 422
        assert "typed before" in answer.content.decode()
    asked = {"key": str(uuid4()), "purpose": "More", f"pool-{world['pool']}": amount}
    assert as_(cast.contributor("OPS")).post(url("request_draft", world["kiosks"]), asked).status_code == 422
    assert counted() == before


def test_more_than_there_is_and_foreign_pools_are_refused_at_the_form(
    cast: Cast, world: dict[str, int], treasury: Treasury
) -> None:
    foreign, client = treasury.pool("SEC"), as_(cast.finance)
    before = counted()
    form = {"key": str(uuid4()), "pool": str(world["pool"]), "amount": "500.00", "memo": ""}
    assert "500.00 is more" in text(client.post(url("commit", world["kiosks"]), form))
    answer = client.post(url("commit", world["kiosks"]), {**form, "pool": str(foreign.pk), "amount": "1.00"})
    assert answer.status_code == 422
    assert counted() == before


WRONG = {
    "commit": "head MKT 404, head OPS 403, ceo 403, administrator 404",
    "spend": "head OPS 403, contributor OPS 403, cxo 403, ceo 403, administrator 404",
    "release": "head OPS 403, auditor 403, administrator 404",
    "request_approve": "contributor OPS 403, ceo 403, auditor 403, administrator 404, head MKT 404",
    "request_decline": "contributor OPS 403, ceo 403, auditor 403, administrator 404, head MKT 404",
    "request_withdraw": "head OPS 403, finance 403, administrator 404",
    "request_submit": "head OPS 403, cxo 403, administrator 404",
    "pool_budget": "head OPS 403, ceo 403, administrator 404, contributor OPS 404",
    "reverse": "cxo 403, ceo 403, auditor 403, head OPS 404, administrator 404",
}


@pytest.mark.parametrize("act", WRONG)
def test_others_do_not_act(cast: Cast, world: dict[str, int], act: str) -> None:
    before = counted()
    place = {"commit": "kiosks", "spend": "kiosks", "release": "kiosks", "pool_budget": "pool"}.get(act, "asked")
    pk = Journal.objects.filter(act="committed").latest("pk").pk if act == "reverse" else world[place]
    form = {"key": str(uuid4()), "pool": str(world["pool"]), "amount": "1.00", "memo": "x", "reason": "x", "shown": "x"}
    for case in WRONG[act].split(", "):
        who, _, status = case.rpartition(" ")
        assert as_(person(cast, who)).post(url(act, pk), form).status_code == int(status), who
    assert counted() == before
    assert FundingRequest.objects.get(pk=world["asked"]).state == State.SUBMITTED


def test_an_entry_is_reversed_by_another_with_a_reason(cast: Cast, world: dict[str, int]) -> None:
    entry = Journal.objects.filter(act="committed").latest("pk")
    form = {"key": str(uuid4()), "reason": "Typed twice"}
    assert as_(cast.finance).post(url("reverse", entry.pk), form).status_code == 409
    client = as_(cast.second_finance)
    assert client.post(url("reverse", entry.pk), {**form, "reason": ""}).status_code == 422
    assert [client.post(url("reverse", entry.pk), form).status_code for _ in range(2)] == [302, 302]
    assert Journal.objects.filter(act="reversed").count() == 1


def test_a_year_is_opened_and_its_pools(cast: Cast) -> None:
    client, department = as_(cast.finance), cast.department("OPS")
    year = {"name": "2027", "starts": "2027-01-01", "ends": "2027-12-31"}
    assert client.post(url("year_open"), year).status_code == 302
    assert client.post(url("year_open"), {**year, "name": "FY27"}).status_code == 422
    opened = FiscalYear.objects.get()
    form = {"year": str(opened.pk), "department": str(department.pk), "amount": "1,500.00", "reason": "The board of May"}
    cxo = as_(cast.cxo)
    assert [cxo.post(url("pool_open"), form).status_code for _ in range(2)] == [302, 409]
    assert Pool.objects.get().free == 0
    change = BudgetChange.objects.get()
    assert client.post(change.confirm_url, {"shown": change.shown}).status_code == 302
    assert Pool.objects.get().free == 1500
    assert "2027" in text(client.get(url("pools") + "?year=2027"))


def test_the_exported_journal_runs_nothing(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    for memo in ("=1+1", "+1", "-1", "@x", "＝1"):
        raised(cast, pool, Decimal("1.00"), by=cast.finance, reason=memo)
    exported = as_(cast.finance).get(url("pool_journal", pool.pk))
    assert exported["Content-Disposition"].startswith("attachment")
    cells = [line.split(",")[3] for line in exported.content.decode("utf-8-sig").splitlines()[1:-1]]
    assert cells == ["'＝1", "'@x", "'-1", "'+1", "'=1+1"]


def test_nonsense_in_the_address_is_no_error(cast: Cast, world: dict[str, int]) -> None:
    client = as_(cast.finance)
    for query in ("?state=x&page=-1", "?pool=abc", "?pool=99999999999999999999", "?page=NaN", "?waiting=me&state=submitted"):
        assert client.get(url("requests") + query).status_code == 200
    assert client.get(url("pool", world["pool"]) + "?act=x").status_code == 200
    assert client.get(url("pools") + "?year=x").status_code == 200
    assert client.get(f"/money/pools/{10**22}/").status_code == 404
    missing, hidden = client.get(url("pool", 10**9)), as_(cast.head("MKT")).get(url("pool", world["pool"]))
    assert missing.status_code == hidden.status_code == 404


# -- what pages cost ---------------------------------------------------------------------------------------------------------


def test_pages_ask_a_fixed_number_of_questions(cast: Cast, treasury: Treasury, world: dict[str, int]) -> None:
    client = as_(cast.finance)

    def asked() -> dict[str, int]:
        found = {}
        for name, address in {
            "pools": url("pools"),
            "pool": url("pool", world["pool"]),
            "requests": url("requests"),
            "request": url("request", world["asked"]),
            "cost object": url("cost_object", world["kiosks"]),
        }.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found[name] = len(queries)
        return found

    few = asked()
    for _ in range(5):
        thing = treasury.cost_object()
        treasury.funded(thing, OPS="3.00")
        treasury.submitted(thing, OPS="1.00", CENTRAL="1.00")
    assert asked() == few
    assert few == {"pools": 7, "pool": 15, "requests": 7, "request": 22, "cost object": 17}
