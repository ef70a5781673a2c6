"""The pages of signals, problems and sweeps over HTTP: what they show to whom, and how many queries they take."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.journey.models import (
    OwnedObject,
    Problem,
    Signal,
    SignalTouchpoint,
    Stage,
    Sweep,
    SweepStage,
    Touchpoint,
    Voice,
)
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map, Posed, Raise

SIGNALS, PROBLEMS, RAISE, SWEEPS = "/own/signals/", "/own/problems/", "/own/signals/new/", "/own/sweeps/"


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def restrict(touchpoint: Touchpoint) -> None:
    OwnedObject.objects.filter(pk=touchpoint.owned_id).update(restricted=True)


def typed(touchpoint: Touchpoint, /, **more: object) -> dict[str, object]:
    facts = {"touchpoint": touchpoint.reference, "title": "Too few benches", "source": "staff", "customers": 1}
    return {**facts, "observed_on": clock.today().isoformat(), **more}


def file_of(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).content.decode("utf-8-sig"))))


# -- raising ------------------------------------------------------------------------------------------------------------


def test_a_signal_is_raised_with_three_fields(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    answer = browse(cast.contributor("OPS")).post(RAISE, typed(touchpoint), follow=True)
    signal = Signal.objects.get()
    assert answer.redirect_chain == [(signal.get_absolute_url(), 302)]
    assert "You will hear what becomes of it" in answer.content.decode()


def test_the_touchpoint_of_the_page_that_one_comes_from_is_chosen_already(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    client = browse(cast.contributor("OPS"))
    assert f"/own/signals/new/?touchpoint={touchpoint.reference}" in client.get(touchpoint.get_absolute_url()).content.decode()
    form = client.get(f"{RAISE}?touchpoint={touchpoint.reference}").context["form"]
    assert form["touchpoint"].value() == touchpoint.reference


def test_a_restricted_touchpoint_is_neither_offered_nor_accepted(journey_map: Map, cast: Cast) -> None:
    hidden = journey_map.touchpoint("VIP lounge")
    restrict(hidden)
    client = browse(cast.contributor("OPS"))
    assert "VIP lounge" not in client.get(RAISE).content.decode()
    refused, unknown = client.post(RAISE, typed(hidden)), client.post(RAISE, typed(hidden, touchpoint="TP-99999"))
    assert (refused.status_code, unknown.status_code) == (422, 422)
    told = [str(answer.context["form"].errors["touchpoint"]) for answer in (refused, unknown)]
    assert told[0].replace(hidden.reference, "X") == told[1].replace("TP-99999", "X")
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("touchpoint", ""),
        ("observed_on", "tomorrow"),
        ("customers", "0"),
        ("source", "rumour"),
        ("others", "TP-99999"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_kept(journey_map: Map, cast: Cast, field: str, value: str) -> None:
    answer = browse(cast.contributor("OPS")).post(RAISE, typed(journey_map.touchpoint(), **{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Signal.objects.exists()


def test_what_may_be_known_already_is_shown_first_and_me_too_is_enough(raised: Raise, cast: Cast) -> None:
    known = raised("Signs point both ways")
    client = browse(cast.contributor("IT"))
    sent = typed(known.touchpoint, title="The signs point in both directions")
    answer = client.post(RAISE, sent)
    assert answer.context["known"] == [known]
    assert Signal.objects.count() == 1
    client.post(f"{known.get_absolute_url()}support/")
    assert Voice.objects.get().person == cast.contributor("IT")
    client.post(RAISE, {**sent, "anyway": "1"})
    assert Signal.objects.count() == 2


def test_what_one_may_not_see_is_not_known_already(raised: Raise, journey_map: Map, cast: Cast) -> None:
    restrict(raised("Signs point both ways").touchpoint)
    elsewhere = journey_map.touchpoint("Another")
    browse(cast.contributor("IT")).post(RAISE, typed(elsewhere, title="Signs point both ways"))
    assert Signal.objects.filter(touchpoint=elsewhere).exists()


# -- signals --------------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_refuses_what_it_does_not_know(raised: Raise, cast: Cast) -> None:
    one, other = raised("Signs point both ways"), raised("Too dark", by=cast.head("IT"), source="complaint")
    other.answer(by=cast.head("OPS"), reason="Fixed.")
    client = browse(cast.contributor("HR"))
    for query, found in (
        ("", 2), ("state=open", 1), ("source=complaint", 1), ("mine=1", 1), ("q=dark", 1), ("q=nothing", 0),
        (f"stage={one.touchpoint.stage.reference}", 2), (f"touchpoint={one.touchpoint.reference}", 2), ("touchpoint=TP-99999", 0),
        ("sweep=7", 0),
    ):  # fmt: skip
        assert client.get(f"{SIGNALS}?{query}").context["total"] == found, query
    for query in ("state=lost", "source=rumour", "stage=STG-99999", "mine=2", "sweep=x", f"q={'x' * 201}"):
        assert client.get(f"{SIGNALS}?{query}").status_code == 400, query


def test_what_is_restricted_stands_on_no_page_and_in_no_file(raised: Raise, posed: Posed, cast: Cast) -> None:
    signal, problem = raised("Signs point both ways"), posed()
    restrict(signal.touchpoint)
    outsider, insider = browse(cast.head("HR")), browse(cast.cxo)
    for path in (SIGNALS, PROBLEMS):
        assert outsider.get(path).context["total"] == 0
        assert insider.get(path).context["total"] == 1
        assert file_of(outsider, f"{path}export.csv") == []
        assert len(file_of(insider, f"{path}export.csv")) == 1
    for thing in (signal, problem):
        assert outsider.get(thing.get_absolute_url()).status_code == 404
        assert outsider.post(f"{thing.get_absolute_url()}dismiss/", {"reason": "No."}).status_code == 404


def test_a_duplicate_of_what_one_may_not_see_says_only_that_it_is_one(raised: Raise, journey_map: Map, cast: Cast) -> None:
    one, elsewhere = raised(), journey_map.touchpoint("Another")
    other = Signal.objects.raise_signal(by=cast.head("IT"), touchpoints=[elsewhere], title="Something secret")
    one.merge(other, by=cast.cxo, reason="See the secret one.")
    restrict(elsewhere)
    page = browse(cast.contributor("HR")).get(one.get_absolute_url()).content.decode()
    assert "Duplicate" in page
    assert "Something secret" not in page
    assert other.reference not in page


def test_a_signal_is_disposed_of_over_http(raised: Raise, posed: Posed, cast: Cast) -> None:
    one, other, third, problem = raised("One"), raised("Other"), raised("Third"), posed()
    client = browse(cast.head("OPS"))
    assert client.post(f"{one.get_absolute_url()}answer/", {"reason": ""}).status_code == 422
    assert client.post(f"{one.get_absolute_url()}answer/", {"reason": "Fixed."}).status_code == 302
    assert client.post(f"{one.get_absolute_url()}answer/", {"reason": "Again."}).status_code == 409
    assert client.post(f"{other.get_absolute_url()}merge/", {"into": "SIG-99999"}).status_code == 422
    assert client.post(f"{other.get_absolute_url()}merge/", {"into": third.reference}).status_code == 302
    assert client.post(f"{third.get_absolute_url()}gather/", {"problem": problem.reference}).status_code == 302
    assert list(Signal.objects.order_by("pk").values_list("state", flat=True)) == ["answered", "duplicate", "gathered"]
    assert problem.reference in client.get(third.get_absolute_url()).content.decode()


def test_lists_cost_the_same_whatever_their_length(
    raised: Raise, posed: Posed, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    raised(), posed()
    client = browse(cast.contributor("HR"))
    for path in (SIGNALS, PROBLEMS, RAISE):
        client.get(path)
    for round_of in ("First", "Second"):
        with django_assert_num_queries(7):
            client.get(SIGNALS)
        with django_assert_num_queries(12):
            client.get(PROBLEMS)
        with django_assert_num_queries(6):
            client.get(RAISE)
        for number in range(12):
            raised(f"{round_of} signal {number}").support(by=cast.contributor("IT"))
            posed(f"{round_of} problem {number}")


# -- problems ---------------------------------------------------------------------------------------------------------------


def test_a_problem_is_posed_from_a_signal_or_from_other_evidence(raised: Raise, cast: Cast) -> None:
    signal = raised()
    client = browse(cast.head("OPS"))
    assert f"problems/new/?signal={signal.reference}" in client.get(signal.get_absolute_url()).content.decode()
    facts = {
        "touchpoint": signal.touchpoint.reference,
        "title": "Lost",
        "statement": "They turn.",
        "severity": 4,
        "percent": "12.5",
    }
    without = client.post(f"{PROBLEMS}new/", facts)
    assert without.status_code == 422
    assert "observed_on" in without.context["form"].errors
    client.post(f"{PROBLEMS}new/", {**facts, "signal": signal.reference})
    problem = Problem.objects.get()
    assert (problem.percent, problem.evidence.get().signal) == (12.5, signal)
    known = {"source": "comment", "observed_on": "2026-05-04", "customers": "40", "words": "Survey"}
    client.post(f"{PROBLEMS}new/", {**facts, **known})
    assert Problem.objects.count() == 2


def test_a_problem_is_posed_only_where_one_answers(raised: Raise, cast: Cast) -> None:
    signal = raised()
    page = browse(cast.head("HR")).get(f"{PROBLEMS}new/")
    assert page.context["form"]["touchpoint"].field.choices == [("", "Choose one")]
    answer = browse(cast.head("HR")).post(
        f"{PROBLEMS}new/", {"touchpoint": signal.touchpoint.reference, "signal": signal.reference}
    )
    assert answer.status_code == 422
    assert not Problem.objects.exists()


def test_a_problem_is_worked_on_over_http(posed: Posed, cast: Cast) -> None:
    problem = posed()
    client, path = browse(cast.head("OPS")), problem.get_absolute_url()
    edit = {"title": "Lost", "statement": "They turn.", "severity": "5", "percent": "20", "version": "1"}
    assert client.post(f"{path}edit/", edit).status_code == 302
    stale = client.post(f"{path}edit/", {**edit, "severity": "1"})
    assert stale.status_code == 409
    assert [row["label"] for row in stale.context["conflict"]] == ["Severity"]
    assert (
        client.post(f"{path}evidence/", {"source": "finding", "observed_on": "2026-05-04", "customers": "3"}).status_code == 302
    )
    assert client.post(f"{path}solve/", {"reason": "Measured."}).status_code == 302
    problem.refresh_from_db()
    assert (problem.severity, problem.state, problem.evidence.count()) == (5, "solved", 2)
    assert client.get(f"{PROBLEMS}?state=solved").context["total"] == 1
    assert client.get(PROBLEMS).context["total"] == 0
    for query in ("state=lost", "severity=6", "old=2"):
        assert client.get(f"{PROBLEMS}?{query}").status_code == 400


def test_what_may_not_be_seen_is_not_among_those_who_say_the_same(raised: Raise, journey_map: Map, cast: Cast) -> None:
    signal, same = raised(), raised("Signs are wrong", by=cast.contributor("MKT"))
    same.support(by=cast.contributor("IT"))
    same.merge(signal, by=cast.cxo)
    hidden = journey_map.touchpoint("VIP lounge")
    SignalTouchpoint.objects.create(signal=same, touchpoint=hidden)
    restrict(hidden)

    def heard(reader: User) -> tuple[int, int]:
        row = next(row for row in browse(reader).get(SIGNALS).context["rows"] if row["reference"] == signal.reference)
        return row["heard"], len(browse(reader).get(signal.get_absolute_url()).context["heard"])

    assert heard(cast.ceo) == (2, 2)
    assert heard(cast.contributor("HR")) == (0, 0)


@pytest.mark.parametrize("path", [SIGNALS, PROBLEMS])
def test_one_narrowing_is_taken_away_and_the_other_filters_stay(raised: Raise, cast: Cast, path: str) -> None:
    reference = raised().touchpoint.reference
    Sweep.objects.open_sweep(by=cast.cxo, due_on=clock.today() + timedelta(days=9), stages=list(Stage.objects.all()))
    page = browse(cast.ceo).get(f"{path}?q=signs&touchpoint={reference}&sweep=1").content.decode()
    assert 'href="?q=signs&amp;sweep=1" aria-label="Remove the touchpoint"' in page
    assert f'href="?q=signs&amp;touchpoint={reference}" aria-label="Remove the sweep"' in page


# -- sweeps -----------------------------------------------------------------------------------------------------------------


def test_a_sweep_is_opened_signed_and_completed_over_http(raised: Raise, journey_map: Map, cast: Cast) -> None:
    client = browse(cast.cxo)
    due = (clock.today() + timedelta(days=9)).isoformat()
    assert client.post(f"{SWEEPS}open/", {"due_on": "2026-01-01", "stages": []}).status_code == 422
    stages = [journey_map.before.pk, journey_map.after.pk]
    assert client.post(f"{SWEEPS}open/", {"due_on": due, "stages": stages}).status_code == 302
    raised()
    [plan, fly] = client.get(SWEEPS).context["rows"]
    assert (plan["answered"], plan["signals"], fly["answered"], fly["may_sign"]) == (True, 1, False, True)
    assert client.get(f"{SIGNALS}?stage={journey_map.before.reference}&sweep=1").context["total"] == plan["signals"]
    assert client.post(f"{SWEEPS}1/complete/").status_code == 409
    assert client.post(f"{SWEEPS}1/stages/{fly['asked'].pk}/sign/").status_code == 302
    assert client.post(f"{SWEEPS}1/complete/").status_code == 302
    assert (Sweep.objects.get().state, SweepStage.objects.exclude(signed_by=None).count()) == ("completed", 1)
    assert client.get(SWEEPS).context["answered"] == 2
