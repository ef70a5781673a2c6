"""A budget is changed by two: the CXO proposes it, finance a cut only, and another person in finance confirms."""

from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions.models.log import decisions
from initiatives.duties import compose
from initiatives.duties.models import Letter, Obligation
from initiatives.funding import books, news
from initiatives.funding.models import Account, BudgetChange, Journal, Pool, Way
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import raised
from tests.refusals import refused


def asked(change: BudgetChange, user: User) -> bool:
    return Obligation.objects.open_now().about(change).asked_of(user).exists()


def propose(pool: Pool, amount: int = 500, way: Way = Way.RAISE, *, by: User) -> BudgetChange:
    return BudgetChange.objects.propose(pool, way, Decimal(amount), by=by, reason="The board of May")


def money(treasury: Treasury) -> tuple[int, int, int]:
    pool = treasury.pool("OPS")
    return int(pool.appropriated), int(pool.free), Journal.objects.filter(budget_change__isnull=False).count()


def test_a_pool_has_no_money_before_its_first_budget_is_confirmed(cast: Cast, treasury: Treasury) -> None:
    _ = cast.finance, cast.second_finance
    change = BudgetChange.objects.open_pool(treasury.year, None, Decimal(500), by=cast.cxo, reason="The budget of the year")
    assert (change.pool.appropriated, Journal.objects.count()) == (0, 0)
    with pytest.raises(RuleBroken, match="open already"):
        BudgetChange.objects.open_pool(treasury.year, None, Decimal(5), by=cast.cxo, reason="Again")
    change.confirm(by=cast.finance)
    assert Pool.objects.get().free == 500
    for who in ("finance", "ceo", "auditor", "administrator", "nobody"):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            BudgetChange.objects.open_pool(
                treasury.year, cast.department("OPS"), Decimal(1), by=getattr(cast, who), reason="Mine"
            )
    assert Pool.objects.count() == 1


def test_a_raise_holds_when_finance_confirms_it(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    change = propose(pool, by=cast.cxo)
    assert asked(change, cast.finance)
    for who, why in ((cast.cxo, "Only finance"), (cast.head("OPS"), "Only finance"), (cast.administrator, "Only finance")):
        with pytest.raises(RuleBroken, match=why):
            change.confirm(by=who)
        with pytest.raises(RuleBroken, match=why):
            change.decline(by=who, reason="No")
    assert money(treasury) == (1000, 1000, 1)
    change.confirm(by=cast.finance)
    assert money(treasury) == (1500, 1500, 2)
    assert not Obligation.objects.open_now().about(change).exists()
    entry = Journal.objects.get(budget_change=change)
    assert (entry.act, entry.by, entry.memo) == ("appropriated", cast.finance, "The board of May")
    told = decisions(cast.head("OPS")).filter(subject_type="funding.budgetchange").latest("pk")
    assert (told.act, told.actor) == ("confirmed", cast.finance)
    assert told.changes["what"] == "Budget raised by 500.00 EUR: 1,000.00 → 1,500.00"
    assert not decisions(cast.head("HR")).filter(pk=told.pk).exists()
    with pytest.raises(RuleBroken, match="confirmed already"):
        change.decline(by=cast.second_finance, reason="No")
    with pytest.raises(RuleBroken, match="cut again by two"):
        entry.reverse(by=cast.second_finance, reason="Alone")
    assert money(treasury) == (1500, 1500, 2)
    assert books.verify().right


def test_finance_proposes_a_cut_and_another_in_finance_confirms_it(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    treasury.funded(treasury.cost_object(), OPS="600.00")
    with pytest.raises(RuleBroken, match=r"400\.00 EUR free; its budget is not cut by 401\.00"):
        propose(pool, 401, Way.CUT, by=cast.finance)
    change = propose(pool, 400, Way.CUT, by=cast.finance)
    with pytest.raises(RuleBroken, match="Who proposed"):
        change.confirm(by=cast.finance)
    assert money(treasury) == (1000, 400, 1)
    change.confirm(by=cast.second_finance)
    assert money(treasury) == (600, 0, 2)
    assert Journal.objects.get(budget_change=change).act == "cut"
    assert not BudgetChange.objects.waiting().exists()
    assert books.verify().right


def test_money_that_was_given_meanwhile_is_not_cut(cast: Cast, treasury: Treasury) -> None:
    change = propose(treasury.pool("OPS"), 500, Way.CUT, by=cast.cxo)
    treasury.funded(treasury.cost_object(), OPS="600.00")
    with pytest.raises(RuleBroken, match=r"400\.00 EUR free"):
        change.confirm(by=cast.finance)
    change.refresh_from_db()
    assert (change.state, money(treasury)) == ("proposed", (1000, 400, 1))


def test_a_change_that_is_declined_leaves_the_budget(cast: Cast, treasury: Treasury) -> None:
    change = propose(treasury.pool("OPS"), by=cast.cxo)
    with pytest.raises(BadInput, match="reason"):
        change.decline(by=cast.finance, reason=" ")
    change.decline(by=cast.finance, reason="Not before June")
    assert money(treasury) == (1000, 1000, 1)
    assert [event.reason for event in decisions(cast.cxo).filter(verb="funding.budgetchange.declined")] == ["Not before June"]


def test_what_cannot_be_proposed(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    for who in (cast.finance, cast.head("OPS"), cast.ceo, cast.administrator):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            propose(pool, by=who)
    both = cast.person("both", "cxo")
    both.roles.create(kind="administrator", starts="2026-01-01")
    for wrong, why in ((both, "Only the CXO"), (cast.head("OPS"), "Only the CXO or finance")):
        with pytest.raises(RuleBroken, match=why):
            propose(pool, 5, Way.CUT, by=wrong)
    with pytest.raises(BadInput, match="reason"):
        BudgetChange.objects.propose(pool, Way.RAISE, Decimal(5), by=cast.cxo, reason=" ")
    with pytest.raises(RuleBroken, match="lies outside the fiscal year"):
        BudgetChange.objects.propose(pool, Way.RAISE, Decimal(5), by=cast.cxo, reason="Late", on=date(2027, 1, 1))
    with pytest.raises(Stale):
        BudgetChange.objects.propose(pool, Way.RAISE, Decimal(5), by=cast.cxo, reason="x", shown=Decimal(999))
    assert not BudgetChange.objects.waiting().exists()
    propose(pool, by=cast.cxo)
    with pytest.raises(RuleBroken, match="waits already"):
        propose(pool, 5, Way.CUT, by=cast.finance)
    assert BudgetChange.objects.waiting().count() == 1


def test_the_database_asks_for_two(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    insert = """INSERT INTO funding_budgetchange (pool_id, way, amount, reason, state, by_id, at, decided_by_id)
        VALUES (%s, 'raise', 5, 'Mine', %s, %s, now(), %s)"""
    assert refused(insert, pool.pk, "proposed", cast.finance.pk, None) == "budgets_are_proposed_by_the_cxo"
    assert refused(insert, pool.pk, "confirmed", cast.cxo.pk, cast.finance.pk) == "a_change_is_proposed_first"
    change = propose(pool, 5, Way.CUT, by=cast.finance)
    confirm = "UPDATE funding_budgetchange SET state = 'confirmed', decided_by_id = %s WHERE id = %s"
    for who in (cast.finance, cast.cxo):
        assert refused(confirm, who.pk, change.pk) == "a_change_is_made_by_two"
    assert refused("UPDATE funding_budgetchange SET amount = 50 WHERE id = %s", change.pk) == "a_change_stays"
    accounts = {account.kind: account.pk for account in Account.objects.filter(pool=pool, cost_object=None)}
    post = """WITH book AS (INSERT INTO funding_journal (act, at, "on", by_id, memo, key, content, budget_change_id)
            VALUES (%(act)s, now(), '2026-11-01', %(by)s, '', gen_random_uuid(), '', %(change)s) RETURNING id)
        INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
            SELECT id, %(source)s, %(target)s, %(amount)s FROM book"""
    cut = {"act": "cut", "change": change.pk, "source": accounts["available"], "target": accounts["source"], "amount": 5}
    cut["by"] = cast.second_finance.pk
    more = {**cut, "act": "appropriated", "change": None, "source": accounts["source"], "target": accounts["available"]}
    assert refused(post, **more) == "only_legal_moves"  # by one alone
    assert refused(post, **cut) == "only_legal_moves"  # before it is confirmed
    assert refused(post, **{**cut, "change": None}) == "a_budget_was_changed_by_two"
    assert money(treasury) == (1000, 1000, 1)
    with connection.cursor() as cursor:  # the control: as another person confirmed it, and only so
        cursor.execute(confirm, [cast.second_finance.pk, change.pk])
        assert refused(post, **{**cut, "amount": 6}) == "only_legal_moves"
        assert refused(post, **{**cut, "by": cast.finance.pk}) == "only_legal_moves"
        assert "the budget is not what two people said" in {fault.fault for fault in books.verify().faults}
        cursor.execute(post, cut)
    assert money(treasury) == (995, 995, 2)
    assert books.verify().right


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_who_confirm_at_once_post_once(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Without the locks of the act both go on, and the database lets one of the entries stand."""
    change, together, said = propose(treasury.pool("OPS"), by=cast.cxo), Barrier(2), list[str]()
    if not locked:
        monkeypatch.setattr(BudgetChange, "_lock", lambda self, by: (together.wait(10), by)[1])

    def confirm(by: User) -> None:
        mine = BudgetChange.objects.get(pk=change.pk)
        if locked:
            together.wait(10)
        try:
            mine.confirm(by=by)
            said.append("done")
        except RuleBroken as refusal:
            said.append(f"{refusal}")
        except Exception as error:
            said.append(type(error).__name__)
        connections.close_all()

    threads = [Thread(target=confirm, args=[by]) for by in (cast.finance, cast.second_finance)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    refusal = "This change of the budget is confirmed already." if locked else "IntegrityError"
    assert sorted(said) == sorted(["done", refusal])
    assert money(treasury) == (1500, 1500, 2)


def test_whom_it_concerns_is_told_and_who_asks_for_money_not_how_much(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    with clock.at(datetime(2026, 11, 19, 9, tzinfo=UTC)):
        treasury.pool("OPS")
        cast.head("HR")
        request = treasury.submitted(treasury.cost_object(), OPS="10.00")
        raised(cast, treasury.pool("OPS"), Decimal(70), by=cast.finance)
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        news.tell()
        letters = {letter.recipient: letter for letter in Letter.objects.filter(template="budget_changed")}
        people = {head, deputy, cast.cxo, cast.second_finance, cast.finance, request.requester}
        assert letters.keys() == people  # finance: the first budget, which the other one confirmed
        bodies = {person: compose.mail(letter, now=clock.now()).body for person, letter in letters.items()}
    assert "Appropriated: 70.00 EUR, Ops department 2026" in bodies[head]
    mine = bodies[request.requester]
    assert f"Appropriated, Ops department 2026, {request}" in mine
    assert "70.00" not in mine


def test_the_form_and_the_page(cast: Cast, treasury: Treasury) -> None:
    pool, cxo, finance = treasury.pool("OPS"), Client(), Client()
    cxo.force_login(cast.cxo)
    finance.force_login(cast.finance)
    path, page = (reverse(f"funding:{name}", args=[pool.pk]) for name in ("pool_budget", "pool"))
    assert 'value="raise"' not in finance.get(path).content.decode()
    form = {"shown": "1000.00", "way": "raise", "amount": "250.00", "reason": "The board of May"}
    assert finance.post(path, form).status_code == 422
    assert cxo.post(path, {**form, "reason": ""}).status_code == 422
    stale = cxo.post(path, {**form, "shown": "999.00"})
    assert stale.status_code == 409
    assert 'name="shown" value="1000.00"' in stale.content.decode()
    assert not BudgetChange.objects.waiting().exists()
    assert cxo.post(path, form).status_code == 302
    assert "waits for finance" in cxo.get(path).content.decode()
    change = BudgetChange.objects.waiting().get()
    assert "1,000.00 → 1,250.00" in cxo.get(page).content.decode()
    assert change.confirm_url not in cxo.get(page).content.decode()
    assert change.confirm_url in finance.get(page).content.decode()
    shown = change.shown
    treasury.funded(treasury.cost_object(), OPS="10.00")
    assert finance.post(change.confirm_url, {"shown": shown}).status_code == 409
    assert cxo.post(change.confirm_url, {"shown": shown}).status_code == 403
    assert money(treasury) == (1000, 990, 1)
    change.pool.refresh_from_db()
    assert finance.post(change.confirm_url, {"shown": change.shown}).status_code == 302
    assert money(treasury) == (1250, 1240, 2)
