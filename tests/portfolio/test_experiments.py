"""Experiments: said before what would convince, stopped by a day, ended with a result; and the type of an initiative."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models import FundingRequest, Pool
from initiatives.portfolio.models import Experiment, Initiative, Status
from initiatives.portfolio.models.asking import CONCLUDE
from tests.cast import Cast
from tests.pools import kept
from tests.portfolio.conftest import Make, accountable
from tests.portfolio.planning import funded, ranked, whole

SAID: dict[str, Any] = {"hypothesis": "A host at the lane halves the wait.", "success": "Median below 10 minutes, n ≥ 100"}


def started(initiative: Initiative, cast: Cast, days: int = 14) -> Experiment:
    head = cast.head("OPS")
    return Experiment.objects.start(initiative, **SAID, stops_on=head.today() + timedelta(days=days), by=head)


def fresh(experiment: Experiment) -> Experiment:
    return Experiment.objects.select_related("initiative").get(pk=experiment.pk)


def asked() -> Any:
    return Obligation.objects.open_now().filter(kind=CONCLUDE)


def test_the_result_is_asked_for_by_the_stop_date_of_who_answers_for_the_work(cast: Cast, active: Make) -> None:
    experiment = started(active(), cast)
    ask = asked().get()
    assert (ask.person, ask.due_on) == (cast.head("SEC"), experiment.stops_on)
    assert ask in Obligation.objects.waiting_for(cast.head("SEC"))
    fresh(experiment).conclude(by=cast.head("SEC"), result="refuted", finding="Median 17 minutes (n = 140).")
    assert not asked().exists()
    with pytest.raises(RuleBroken, match="Its result is refuted already"):
        fresh(experiment).conclude(by=cast.head("SEC"), result="confirmed", finding="Look again.")
    assert fresh(experiment).result == "refuted"


def test_somebody_else_who_answers_for_the_work_is_asked_instead(cast: Cast, active: Make) -> None:
    initiative = active()
    started(initiative, cast)
    accountable(initiative).hand_to(cast.contributor("SEC"), by=cast.head("SEC"))
    assert asked().get().person == cast.contributor("SEC")


def test_the_stop_date_moves_with_a_reason_and_the_first_is_kept(cast: Cast, draft: Make) -> None:
    experiment = started(draft(), cast)
    first = experiment.stops_on
    with pytest.raises(BadInput):
        fresh(experiment).move(first + timedelta(days=7), by=cast.head("OPS"), reason=" ")
    fresh(experiment).move(first + timedelta(days=7), by=cast.head("OPS"), reason="Holidays.")
    kept = fresh(experiment)
    assert (kept.stops_on, kept.promised_on) == (first + timedelta(days=7), first)
    assert asked().get().due_on == kept.stops_on


@pytest.mark.parametrize("days", [0, -3, 400])
def test_an_experiment_stops_within_a_year(cast: Cast, draft: Make, days: int) -> None:
    with pytest.raises(BadInput, match="stop date after today"):
        started(draft(), cast, days)
    assert not Experiment.objects.exists()


def test_a_stranger_neither_starts_nor_ends_one(cast: Cast, draft: Make) -> None:
    experiment, stranger = started(draft(), cast), cast.head("IT")
    for act in (
        lambda: Experiment.objects.start(experiment.initiative, **SAID, stops_on=experiment.stops_on, by=stranger),
        lambda: fresh(experiment).conclude(by=stranger, result="confirmed", finding="Yes."),
        lambda: fresh(experiment).move(experiment.stops_on, by=stranger, reason="Later."),
    ):
        with pytest.raises(RuleBroken, match="Only"):
            act()
    assert Experiment.objects.get().is_running


def test_nobody_is_asked_any_more_when_the_work_is_over(cast: Cast, draft: Make) -> None:
    experiment = started(draft(), cast)
    fresh(experiment).initiative.cancel(by=cast.cxo, reason="No.")
    assert not asked().exists()
    with pytest.raises(RuleBroken, match="cancelled"):
        started(Initiative.objects.get(), cast)


def test_the_database_keeps_what_was_said(cast: Cast, draft: Make) -> None:
    experiment = started(draft(), cast)
    rows = Experiment.objects.filter(pk=experiment.pk)
    with pytest.raises(IntegrityError, match="experiment_ends_with_a_result"), transaction.atomic():
        rows.update(result="confirmed")
    for change in ({"hypothesis": "Another."}, {"success": "Anything"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    fresh(experiment).conclude(by=cast.head("OPS"), result="open", finding="Too few (n = 12).")
    for act in (rows.delete, lambda: rows.update(result="confirmed")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert fresh(experiment).result == "open"


def test_it_is_started_moved_and_concluded_over_http(cast: Cast, draft: Make, client: Client) -> None:
    initiative = draft()
    client.force_login(cast.head("OPS"))
    base = f"{initiative.get_absolute_url()}experiments/"
    day = cast.cxo.today() + timedelta(days=9)
    assert client.get(base).status_code == 200
    past = client.post(f"{base}start/", {**SAID, "stops_on": "2020-01-01"})
    assert (past.status_code, list(past.context["form"].errors)) == (422, ["stops_on"])
    assert client.post(f"{base}start/", {**SAID, "stops_on": day.isoformat()}).status_code == 302
    path = f"{base}{Experiment.objects.get().pk}/"
    assert client.post(f"{path}move/", {"stops_on": (day + timedelta(days=1)).isoformat(), "reason": ""}).status_code == 422
    assert client.post(f"{path}conclude/", {"result": "maybe", "finding": "x"}).status_code == 422
    assert "runs until" in client.get(initiative.get_absolute_url()).content.decode()
    assert client.post(f"{path}conclude/", {"result": "confirmed", "finding": "8 minutes (n = 130)."}).status_code == 302
    assert "8 minutes (n = 130)." in client.get(base).content.decode()
    late = client.post(f"{path}conclude/", {"result": "refuted", "finding": "Nobody went through it."})
    assert (late.status_code, "Nobody went through it." in late.content.decode()) == (409, True)  # what was typed stays
    history = client.get(initiative.get_absolute_url()).content.decode()
    assert f'until <time datetime="{day}"' in history


def test_the_list_is_filtered_by_type(cast: Cast, draft: Make, client: Client) -> None:
    draft(title="One queue", type="process")
    draft(title="New scanners", type="it")
    client.force_login(cast.cxo)
    page = client.get("/initiatives/?type=it&columns=type").content.decode()
    assert ("New scanners" in page, "One queue" in page, "<td>IT</td>" in page) == (True, False, True)
    assert client.get("/initiatives/?type=magic").status_code == 400
    with pytest.raises(IntegrityError, match="initiative_type"), transaction.atomic():
        Initiative.objects.update(type="magic")


def test_a_seed_pays_for_the_experiment_and_not_for_the_initiative(cast: Cast, proposed: Make, client: Client) -> None:
    initiative, owner = ranked(cast, proposed), cast.contributor("OPS")
    pool = Pool.objects.get()
    kept(cast, pool, seed_limit=Decimal(50))
    said: dict[str, Any] = {"lines": [(pool, Decimal(50))], "purpose": "A host", "by": owner, "seed": True}
    with pytest.raises(RuleBroken, match="none runs now"):
        FundingRequest.objects.draft(initiative.cost_object, **said)
    started(initiative, cast)
    client.force_login(owner)
    assert "?seed=1" in client.get(f"{initiative.get_absolute_url()}experiments/").content.decode()
    request = FundingRequest.objects.draft(initiative.cost_object, **said)
    request.submit(by=owner)
    request.approve(by=cast.head("OPS"))
    initiative = Initiative.objects.get(pk=initiative.pk)
    assert (initiative.status, initiative.cost_object.allocated) == (Status.PRIORITISED, Decimal(50))
    assert "halves the wait" in client.get(request.get_absolute_url()).content.decode()
    with pytest.raises(RuleBroken, match="business case"):  # the rest needs what a test does without
        funded(initiative, cast)
    whole(initiative, cast)
    funded(initiative, cast)  # through finance
    assert Initiative.objects.get(pk=initiative.pk).status == Status.FUNDED
