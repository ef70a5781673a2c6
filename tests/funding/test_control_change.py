"""How a pool is kept is changed by two people in finance: one proposes, with a reason, another confirms."""

from contextlib import suppress
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions.models.log import decisions
from initiatives.duties.models import Obligation
from initiatives.funding.models import ControlChange, Pool
from initiatives.journey.models import Stage
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept
from tests.refusals import refused


def asked(pool: Pool, user: User) -> bool:
    return Obligation.objects.open_now().about(pool.controlchanges.latest("pk")).asked_of(user).exists()


def off(pool: Pool, *, by: User, **more: Any) -> ControlChange:
    return ControlChange.objects.propose(pool, by=by, reason="The year is nearly over", **{"control": "off", **more})


def test_a_change_holds_when_another_person_in_finance_confirms_it(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    change = off(pool, by=cast.finance, tolerance=10, for_departments={cast.department("HR")})
    assert asked(pool, cast.second_finance)
    for who, why in ((cast.finance, "Who proposed"), (cast.cxo, "Only finance"), (cast.administrator, "Only finance")):
        with pytest.raises(RuleBroken, match=why):
            change.confirm(by=who)
        with pytest.raises(RuleBroken, match=why):
            change.decline(by=who, reason="No")
    assert (treasury.pool("OPS").control, list(pool.for_departments.all())) == ("warn", [])
    change.confirm(by=cast.second_finance)
    pool = treasury.pool("OPS")
    assert (pool.control, pool.tolerance, pool.version, pool.for_departments.get().code) == ("off", 10, 2, "HR")
    assert not Obligation.objects.open_now().about(change).exists()
    told = Event.objects.about(pool).get(verb="funding.pool.controlled")
    assert (told.actor, told.reason) == (cast.second_finance, "The year is nearly over")
    assert "Tolerance: 0 % → 10 %" in told.changes["what"]
    assert "For departments: all → Hr department" in told.changes["what"]
    with pytest.raises(RuleBroken, match="confirmed already"):
        change.decline(by=cast.second_finance, reason="No")


def test_a_change_that_is_declined_leaves_everything_as_it_was(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    change = off(pool, by=cast.finance)
    with pytest.raises(BadInput, match="reason"):
        change.decline(by=cast.second_finance, reason=" ")
    change.decline(by=cast.second_finance, reason="Not yet")
    assert (treasury.pool("OPS").control, treasury.pool("OPS").version) == ("warn", 1)
    log = decisions(cast.finance).filter(subject_type="funding.controlchange")
    assert [(event.act, event.reason) for event in log] == [("declined", "Not yet")]
    assert decisions(cast.head("OPS")).filter(pk=log[0].pk).exists()
    assert not decisions(cast.head("HR")).filter(pk=log[0].pk).exists()


def test_what_cannot_be_proposed(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    for who in (cast.head("OPS"), cast.cxo, cast.administrator):
        with pytest.raises(RuleBroken, match="Only finance"):
            off(pool, by=who)
    with pytest.raises(BadInput, match="reason"):
        ControlChange.objects.propose(pool, by=cast.finance, reason=" ", control="off")
    with pytest.raises(BadInput, match="Nothing is changed"):
        off(pool, by=cast.finance, control="warn")
    assert not ControlChange.objects.exists()
    off(pool, by=cast.finance)
    with pytest.raises(RuleBroken, match="waits already"):
        off(pool, by=cast.second_finance, control="stop")
    assert ControlChange.objects.count() == 1
    kept(cast, treasury.pool("HR"), seed_limit=Decimal(5))
    with pytest.raises(Stale):
        off(treasury.pool("HR"), by=cast.finance, version=1)
    assert ControlChange.objects.filter(pool=treasury.pool("HR")).count() == 1


def test_the_database_asks_for_two(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    loosen = "UPDATE funding_pool SET control = 'off' WHERE id = %s"
    assert refused(loosen, pool.pk) == "kept_as_two_said"
    change = off(pool, by=cast.finance)
    assert refused(loosen, pool.pk) == "kept_as_two_said"
    confirm = "UPDATE funding_controlchange SET state = 'confirmed', decided_by_id = %s WHERE id = %s"
    for who in (cast.finance, cast.cxo):
        assert refused(confirm, who.pk, change.pk) == "a_change_is_made_by_two"
    assert refused("UPDATE funding_controlchange SET tolerance = 50") == "a_change_stays"
    with connection.cursor() as cursor:  # the control: as another person confirmed it, and only so
        cursor.execute(confirm, [cast.second_finance.pk, change.pk])
        assert refused("UPDATE funding_pool SET tolerance = 50 WHERE id = %s", pool.pk) == "kept_as_two_said"
        cursor.execute(loosen, [pool.pk])
    assert treasury.pool("OPS").control == "off"


@pytest.mark.parametrize(("what", "one"), [("departments", "department"), ("stages", "stage")])
def test_the_database_asks_for_two_about_what_a_pool_gives_for(cast: Cast, treasury: Treasury, what: str, one: str) -> None:
    pool = treasury.pool("OPS")
    chosen = cast.department("HR") if one == "department" else Stage.objects.create(title="Fly", kind="post_sale", position=1)
    add = f"INSERT INTO funding_pool_for_{what} (pool_id, {one}_id) VALUES (%s, %s)"
    drop = f"DELETE FROM funding_pool_for_{what} WHERE pool_id = %s AND {one}_id = %s"
    assert refused(add, pool.pk, chosen.pk) == "chosen_as_two_said"
    change = off(pool, by=cast.finance, **{f"for_{what}": {chosen}})
    assert refused(add, pool.pk, chosen.pk) == "chosen_as_two_said"
    change.confirm(by=cast.second_finance)
    assert getattr(pool, f"for_{what}").get() == chosen
    assert refused(drop, pool.pk, chosen.pk) == "chosen_as_two_said"
    assert refused(f"UPDATE funding_pool_for_{what} SET {one}_id = {one}_id") == "chosen_as_two_said"
    for edit in ("DELETE FROM {}", "UPDATE {} SET id = id", "INSERT INTO {} (controlchange_id, %s_id) VALUES (%s, %s)"):
        sql = edit.format(f"funding_controlchange_for_{what}")
        sql = sql % (one, change.pk, chosen.pk) if "%s" in sql else sql
        assert refused(sql) == "a_change_stays"
    pool.refresh_from_db()
    ControlChange.objects.propose(pool, by=cast.finance, reason="For all", **{f"for_{what}": set()}).confirm(
        by=cast.second_finance
    )
    assert not getattr(pool, f"for_{what}").exists()


def test_who_confirms_reads_what_is_proposed_by_then(cast: Cast, treasury: Treasury) -> None:
    change = off(treasury.pool("OPS"), by=cast.finance)
    shown = change.shown
    change.for_departments.add(cast.department("HR"))  # by whoever writes SQL, behind the page of who confirms
    with pytest.raises(Stale):
        change.confirm(by=cast.second_finance, shown=shown)
    assert treasury.pool("OPS").control == "warn"


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_change_it_once(cast: Cast, treasury: Treasury) -> None:
    pool = treasury.pool("OPS")
    change, third = off(pool, by=cast.finance), cast.person("third_finance", "finance")
    together, done = Barrier(2), list[User]()

    def confirm(by: User) -> None:
        together.wait()
        with suppress(RuleBroken):
            ControlChange.objects.get(pk=change.pk).confirm(by=by)
            done.append(by)
        connections.close_all()

    threads = [Thread(target=confirm, args=[by]) for by in (cast.second_finance, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(done), treasury.pool("OPS").version) == (1, 2)
    assert Event.objects.about(pool).filter(verb="funding.pool.controlled").count() == 1


def test_the_form_and_the_page(cast: Cast, treasury: Treasury) -> None:
    pool, finance, second = treasury.pool("OPS"), Client(), Client()
    finance.force_login(cast.finance)
    second.force_login(cast.second_finance)
    path = reverse("funding:pool_control", args=[pool.pk])
    assert 'name="version" value="1"' in finance.get(path).content.decode()
    form = {"version": "1", "control": "stop", "tolerance": "5", "alert_levels": "101", "reason": "Savings"}
    form |= {"post_control": "off", "post_limit": "100", "post_tolerance": "0", "for_departments": [cast.department("OPS").pk]}
    assert finance.post(path, form).status_code == 422
    form["alert_levels"] = "70"
    assert finance.post(path, {**form, "reason": ""}).status_code == 422
    assert not ControlChange.objects.exists()
    assert finance.post(path, form).status_code == 302
    assert "waits for another person" in finance.get(path).content.decode()
    page = reverse("funding:pool", args=[pool.pk])
    change = ControlChange.objects.get()
    assert "Tolerance: 0 % → 5 %" in second.get(page).content.decode()
    assert change.confirm_url in second.get(page).content.decode()
    assert change.confirm_url not in finance.get(page).content.decode()
    assert finance.post(change.confirm_url).status_code == 409
    assert second.post(change.decline_url, {"reason": ""}).status_code == 422
    assert treasury.pool("OPS").control == "warn"
    assert second.post(change.confirm_url, {"shown": change.shown}).status_code == 302
    assert (treasury.pool("OPS").control, treasury.pool("OPS").alert_levels) == ("stop", [70])
    late = second.post(path, {**form, "control": "off"})  # opened before the change
    assert late.status_code == 409
    assert "Stop: such a request" in late.content.decode().partition("Somebody changed this")[2]
    assert 'name="version" value="2"' in late.content.decode()
    assert not ControlChange.objects.waiting().exists()
