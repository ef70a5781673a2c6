"""The business case: three points, a metric with its baseline, and a benefit owner who accepted in person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.funding.models import FundingRequest
from initiatives.journey.models import MapPolicy
from initiatives.organization.models import User
from initiatives.organization.models.reorganizing import merge
from initiatives.portfolio.models import BaselineReading, BenefitOwner, BusinessCase, Initiative, Points, State
from initiatives.portfolio.models.asking import OWN_BENEFIT
from tests.cast import Cast
from tests.pools import no_case_needed
from tests.portfolio.conftest import Make
from tests.portfolio.planning import FIGURES, asked, measured, ranked, request, whole, written


def test_expected_is_the_pert_mean() -> None:
    assert Points(Decimal("80.00"), Decimal("100.00"), Decimal("180.00")).expected == Decimal("110.00")
    assert Points(Decimal("0.00"), Decimal("0.01"), Decimal("0.01")).expected == Decimal("0.01")


amounts = st.decimals(min_value=0, max_value=999_999_999_999, places=2)


@settings(max_examples=50)
@given(st.tuples(amounts, amounts, amounts).map(sorted))
def test_what_is_expected_lies_between_low_and_high(points: list[Decimal]) -> None:
    assert points[0] <= Points(*points).expected <= points[2]


def test_points_in_another_order_and_a_metric_without_a_name_are_not_kept(cast: Cast, draft: Make) -> None:
    initiative = draft()
    wrong: list[dict[str, Any]] = [
        {"cost_low": Decimal("100.01")},
        {"cost_high": Decimal("99.99")},
        {"benefit_base": Decimal("400.01")},
        {"cost_low": Decimal("-1.00")},
        {"cost_base": Decimal("100.001")},
        {"metric": "  "},
        {"better": "sideways"},
        {"target": Decimal("NaN")},
    ]
    for changes in wrong:
        with pytest.raises(BadInput):
            written(initiative, cast, **changes)
    for changes in ({"cost_low": 101}, {"benefit_high": 249}, {"better": "up"}, {"metric": ""}):  # the database knows it too
        with pytest.raises(IntegrityError), transaction.atomic():
            BusinessCase.objects.create(initiative=initiative, number=1, by=cast.cxo, **{**FIGURES, **changes})
    assert not BusinessCase.objects.exists()


def test_versions_and_readings_are_only_added(cast: Cast, draft: Make) -> None:
    initiative = draft()
    whole(initiative, cast)
    written(initiative, cast, cost_high=Decimal("200.00"))
    assert list(BusinessCase.objects.of(initiative).values_list("number", "cost_high")) == [(2, 200), (1, 180)]
    for rows in (BusinessCase.objects.all(), BaselineReading.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(by=cast.cxo)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    assert (BusinessCase.objects.count(), BaselineReading.objects.count()) == (2, 1)


def test_nobody_writes_over_a_version_that_they_have_not_seen(cast: Cast, draft: Make) -> None:
    initiative = draft()
    written(initiative, cast)
    with pytest.raises(Stale):
        BusinessCase.objects.write(initiative, {**FIGURES, "target": Decimal(1)}, seen=0, by=cast.cxo)
    with pytest.raises(BadInput, match="Nothing of it is different"):
        written(initiative, cast)
    assert BusinessCase.objects.get().target == Decimal("12.5")


def test_a_stranger_neither_writes_nor_measures_nor_asks(cast: Cast, draft: Make) -> None:
    initiative, stranger = draft(), cast.head("IT")
    written(initiative, cast)
    for act in (
        lambda: BusinessCase.objects.write(initiative, {**FIGURES, "target": Decimal(1)}, seen=1, by=stranger),
        lambda: BaselineReading.objects.take(initiative, value=Decimal(1), n=1, on=stranger.today(), source="x", by=stranger),
        lambda: BenefitOwner.objects.ask(initiative, stranger, cast.department("IT"), by=stranger),
    ):
        with pytest.raises(RuleBroken, match="Only"):
            act()
    assert (BusinessCase.objects.count(), BaselineReading.objects.count(), BenefitOwner.objects.count()) == (1, 0, 0)


def test_a_reading_has_an_n_a_source_and_a_day_that_has_been(cast: Cast, draft: Make) -> None:
    initiative, by = draft(), cast.contributor("OPS")
    with pytest.raises(RuleBroken, match="Write the case first"):
        measured(initiative, cast)
    written(initiative, cast)
    good: dict[str, Any] = {"value": Decimal("3.4"), "n": 1, "on": by.today(), "source": "Survey"}
    for wrong in ({"n": 0}, {"source": " "}, {"on": by.today() + timedelta(days=1)}, {"value": Decimal("0.00001")}):
        with pytest.raises(BadInput):
            BaselineReading.objects.take(initiative, **{**good, **wrong}, by=by)
    with pytest.raises(IntegrityError, match="reading_of_somebody"), transaction.atomic():
        BaselineReading.objects.create(initiative=initiative, by=by, **{**good, "n": 0})
    assert not BaselineReading.objects.exists()


# -- who owns the benefit ----------------------------------------------------------------------------------------------------


def test_who_is_asked_accepts_in_person(cast: Cast, draft: Make) -> None:
    initiative = draft()
    owner = asked(initiative, cast)
    assert Obligation.objects.open_now().get(kind=OWN_BENEFIT).person == cast.contributor("SEC")
    assert list(Obligation.objects.waiting_for(cast.contributor("SEC")).values_list("kind", flat=True)) == [OWN_BENEFIT]
    for other in (cast.head("SEC"), cast.cxo):
        with pytest.raises(RuleBroken, match="accepted in person"):
            owner.accept(by=other)
    with pytest.raises(IntegrityError, match="benefit_accepted_in_person"), transaction.atomic():
        BenefitOwner.objects.filter(pk=owner.pk).update(state=State.ACCEPTED, answered_by=cast.cxo)
    owner.accept(by=cast.contributor("SEC"))
    assert BenefitOwner.objects.get().state == State.ACCEPTED
    assert not Obligation.objects.open_now().filter(kind=OWN_BENEFIT).exists()


def test_a_benefit_is_declined_with_a_reason(cast: Cast, draft: Make) -> None:
    owner = asked(draft(), cast)
    with pytest.raises(BadInput):
        owner.decline(by=cast.contributor("SEC"), reason=" ")
    owner.decline(by=cast.contributor("SEC"), reason="It is not ours.")
    with pytest.raises(RuleBroken, match="answered already"):
        owner.accept(by=cast.contributor("SEC"))
    assert list(BenefitOwner.objects.values_list("state", "reason")) == [("declined", "It is not ours.")]


def test_only_somebody_with_a_role_in_the_department_is_asked(cast: Cast, draft: Make) -> None:
    with pytest.raises(RuleBroken, match="holds no role in"):
        BenefitOwner.objects.ask(draft(), cast.contributor("IT"), cast.department("SEC"), by=cast.cxo)
    assert not BenefitOwner.objects.exists()


def read_by_cxo(initiative: Initiative, cast: Cast) -> str:
    client = Client()
    client.force_login(cast.cxo)
    return client.get(initiative.get_absolute_url()).content.decode()


def test_the_owner_keeps_the_benefit_until_the_next_one_accepts(cast: Cast, draft: Make) -> None:
    initiative = draft()
    asked(initiative, cast).accept(by=cast.contributor("SEC"))
    new = asked(initiative, cast, "IT")
    assert BenefitOwner.objects.accepted().get().person == cast.contributor("SEC")
    new.accept(by=cast.contributor("IT"))
    assert BenefitOwner.objects.living().get().person == cast.contributor("IT")
    assert BenefitOwner.objects.get(state=State.ENDED).reason == "Contributor It took over."
    page = read_by_cxo(initiative, cast)
    assert "<strong>Contributor It</strong> released Contributor Sec" in page


def test_who_is_asked_instead_is_told_apart_from_who_owned_it(cast: Cast, draft: Make) -> None:
    initiative = draft()
    asked(initiative, cast)
    asked(initiative, cast, "IT")
    page = read_by_cxo(initiative, cast)
    assert "<strong>Contributor Ops</strong> no longer asks Contributor Sec" in page


def test_who_accepted_is_asked_again_when_the_promise_changes_and_not_for_the_cost(cast: Cast, draft: Make) -> None:
    initiative = draft()
    whole(initiative, cast)
    written(initiative, cast, cost_base=Decimal("120.00"))
    assert BenefitOwner.objects.accepted().exists()
    written(initiative, cast, cost_base=Decimal("120.00"), benefit_base=Decimal("300.00"))
    again = BenefitOwner.objects.living().get()
    assert (again.state, again.person) == (State.PROPOSED, cast.contributor("SEC"))


def test_when_the_owner_leaves_the_head_is_asked(cast: Cast, draft: Make) -> None:
    initiative, leaver, head = draft(), cast.contributor("SEC"), cast.head("SEC")
    whole(initiative, cast)
    assert ("Benefit of " + initiative.reference) in [words for words, _ in leaver.accountable_for(by=None)]
    leaver.deactivate(by=cast.administrator, reason="Went elsewhere.")
    heir = BenefitOwner.objects.living().get()
    assert (heir.state, heir.person) == (State.PROPOSED, head)
    assert Obligation.objects.open_now().get(kind=OWN_BENEFIT).person == head
    BenefitOwner.objects.ask(initiative, cast.deputy("SEC"), cast.department("SEC"), by=head)  # or the head names another
    assert Obligation.objects.open_now().get(kind=OWN_BENEFIT).person == cast.deputy("SEC")


def test_who_loses_the_role_in_the_department_loses_the_benefit(cast: Cast, draft: Make) -> None:
    initiative, head = draft(), cast.head("SEC")
    whole(initiative, cast)
    cast.contributor("SEC").roles.get().end(by=cast.administrator, reason="Moved.")
    assert list(BenefitOwner.objects.living().values_list("person", "state")) == [(head.pk, State.PROPOSED)]
    assert "is asked to own" in (BusinessCase.objects.lacking(initiative) or "")


def test_when_the_department_merges_the_benefit_moves_with_its_owner(cast: Cast, draft: Make) -> None:
    initiative = draft()
    whole(initiative, cast)
    cast.head("SEC")
    merge(cast.department("SEC"), cast.department("IT"), by=cast.administrator, reason="One department.")
    owner = BenefitOwner.objects.living().get()
    assert (owner.department, owner.person, owner.state) == (cast.department("IT"), cast.contributor("SEC"), State.ACCEPTED)


def test_who_is_asked_sees_a_confidential_initiative(cast: Cast, draft: Make) -> None:
    initiative, asked_one = draft(), cast.contributor("SEC")
    initiative.make_confidential(by=cast.head("OPS"))
    assert not Initiative.objects.visible_to(asked_one).exists()
    owner = asked(initiative, cast)
    assert Initiative.objects.visible_to(asked_one).get() == initiative
    owner.decline(by=asked_one, reason="No.")
    assert not Initiative.objects.visible_to(asked_one).exists()


# -- money -------------------------------------------------------------------------------------------------------------------


def test_no_money_is_asked_for_without_a_whole_case(cast: Cast, proposed: Make) -> None:
    initiative, owner = ranked(cast, proposed), cast.contributor("SEC")
    asks = request(initiative, cast)
    steps: list[tuple[str, Any]] = [
        ("Write the", lambda: written(initiative, cast)),
        ("Read the", lambda: measured(initiative, cast)),
        ("Ask somebody", lambda: asked(initiative, cast)),
        ("not accepted yet", lambda: BenefitOwner.objects.get().accept(by=owner)),
    ]
    for lacks, act in steps:
        with pytest.raises(RuleBroken, match=lacks):
            asks.submit(by=cast.contributor("OPS"))
        act()
    owner.roles.update(starts=owner.today() + timedelta(days=1))
    with pytest.raises(RuleBroken, match="holds no role in"):
        asks.submit(by=cast.contributor("OPS"))
    assert FundingRequest.objects.get().state == "draft"


def test_with_a_whole_case_money_is_asked_for_and_the_case_stays_as_it_is_shown(cast: Cast, proposed: Make) -> None:
    initiative = ranked(cast, proposed)
    whole(initiative, cast)
    request(initiative, cast).submit(by=cast.contributor("OPS"))
    with pytest.raises(RuleBroken, match="who decides is shown the case as it is"):
        written(initiative, cast, target=Decimal(1))
    with pytest.raises(RuleBroken, match="who decides is shown the case as it is"):
        measured(initiative, cast, "39")
    assert (FundingRequest.objects.get().state, BusinessCase.objects.count()) == ("submitted", 1)


def test_where_the_cxo_says_so_nobody_waits_for_a_case(cast: Cast, proposed: Make, client: Client) -> None:
    no_case_needed(cast)
    asks = request(ranked(cast, proposed), cast)
    client.force_login(cast.contributor("OPS"))
    assert "It cannot be submitted yet" not in client.get(asks.get_absolute_url()).content.decode()
    asks.submit(by=cast.contributor("OPS"))
    assert FundingRequest.objects.get().state == "submitted"


def test_a_draft_says_all_that_its_case_lacks_and_where_it_is_given(cast: Cast, proposed: Make, client: Client) -> None:
    initiative = ranked(cast, proposed)
    asks, base = request(initiative, cast), f"{initiative.get_absolute_url()}case/"
    client.force_login(cast.contributor("OPS"))
    page = client.get(asks.get_absolute_url()).content.decode()
    assert "It cannot be submitted yet" in page
    assert [f'href="{base}{step}/"' in page for step in ("write", "reading", "owner")] == [True] * 3
    url = reverse("funding:request_submit", args=[asks.pk])
    sent = client.post(url, {"key": str(uuid4())}, follow=True)
    assert "Write the business case of" in sent.content.decode()
    assert FundingRequest.objects.get().state == "draft"
    assert not Event.objects.filter(verb="funding.fundingrequest.submitted").exists()
    whole(initiative, cast)
    page = client.get(asks.get_absolute_url()).content.decode()
    assert ("It cannot be submitted yet" in page, f'action="{url}"' in page) == (False, True)


@pytest.mark.parametrize(("people", "set_already", "kept"), [(True, False, [False]), (False, False, []), (True, True, [True])])
def test_a_company_that_is_here_keeps_what_held(cast: Cast, people: bool, set_already: bool, kept: list[bool]) -> None:
    if people:
        _ = cast.nobody
    if set_already:
        MapPolicy.objects.create(by=cast.cxo, reason="From the start.")
    import_module("initiatives.journey.migrations.0002_money_needs_a_case").keep_what_holds(apps, None)
    assert list(MapPolicy.objects.values_list("funding_needs_case", flat=True)) == kept


def test_a_request_shows_the_case_and_its_amounts_only_to_whom_they_are_open(cast: Cast, proposed: Make, client: Client) -> None:
    initiative = ranked(cast, proposed)
    whole(initiative, cast)
    asks = request(initiative, cast)
    asks.submit(by=cast.contributor("OPS"))
    for reader in (cast.head("OPS"), cast.finance, cast.contributor("OPS")):
        client.force_login(reader)
        page = client.get(asks.get_absolute_url()).content.decode()
        assert "110.00" in page, reader
        assert "Minutes in the queue: at most 12.5 minutes" in page
    client.force_login(cast.head("OPS"))
    assert "Minutes in the queue: at most 12.5 minutes" in client.get("/").content.decode()  # where it is decided, too
    for reader, told in ((cast.contributor("IT"), False), (cast.cxo, True)):
        client.force_login(reader)
        page = client.get(f"{initiative.get_absolute_url()}case/").content.decode()
        assert ("110.00" in page, "withheld" in page) == (told, not told)
        assert "Minutes in the queue" in page


def test_the_case_is_written_measured_and_owned_over_http(cast: Cast, draft: Make, client: Client) -> None:
    initiative = draft()
    client.force_login(cast.contributor("OPS"))
    base = f"{initiative.get_absolute_url()}case/"
    typed = {name: str(value) for name, value in FIGURES.items()}
    wrong = client.post(f"{base}write/", {**typed, "cost_base": "ten", "seen": "0"})
    assert (wrong.status_code, BusinessCase.objects.exists()) == (422, False)
    assert "Minutes in the queue" in wrong.content.decode()
    disorder = client.post(f"{base}write/", {**typed, "benefit_high": "1.00", "seen": "0"})
    assert (disorder.status_code, "The high benefit is not below the base one" in disorder.content.decode()) == (422, True)
    assert client.post(f"{base}write/", {**typed, "seen": "0"}).status_code == 302
    again = client.post(f"{base}write/", {**typed, "target": "9", "seen": "0"})
    assert (again.status_code, 'name="seen" value="1"' in again.content.decode()) == (409, True)
    assert "<td>9</td><td>12.5000</td>" in again.content.decode()  # both versions
    reading = {"value": "40.5", "n": "212", "on": "2026-03-01", "source": "Survey"}
    assert client.post(f"{base}reading/", {**reading, "n": "0"}).status_code == 422
    ahead = client.post(f"{base}reading/", {**reading, "on": "2099-03-01"})
    assert (ahead.status_code, list(ahead.context["form"].errors)) == (422, ["on"])
    assert client.post(f"{base}reading/", reading).status_code == 302
    role = cast.contributor("SEC").roles.get()
    assert client.post(f"{base}owner/", {"role": "999999"}).status_code == 422
    assert client.post(f"{base}owner/", {"role": role.pk}).status_code == 302
    owner = BenefitOwner.objects.get()
    client.force_login(cast.contributor("SEC"))
    assert "You are asked to own the benefit" in client.get(base).content.decode()
    assert client.post(f"{base}owner/{owner.pk}/accept/").status_code == 302
    assert BusinessCase.objects.lacking(initiative) is None
    assert client.get(initiative.get_absolute_url()).status_code == 200


# -- two at once -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(transactional_db: None) -> tuple[int, list[int]]:
    """An initiative, and two people who write its case at the same moment."""
    cast = Cast()
    initiative = Initiative.objects.draft(
        by=cast.contributor("OPS"), title="Race", problem="Queues.", lead_department=cast.department("OPS")
    )
    return initiative.pk, [cast.contributor("OPS").pk, cast.cxo.pk]


def write_together(initiative: int, people: list[int]) -> list[str]:
    ready = Barrier(len(people))

    def write(person: int) -> str:
        try:
            found, by = Initiative.objects.select_related("cost_object").get(pk=initiative), User.objects.get(pk=person)
            ready.wait(timeout=20)
            BusinessCase.objects.write(found, {**FIGURES, "target": Decimal(person)}, seen=0, by=by)
        except (RuleBroken, IntegrityError) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "written"

    with ThreadPoolExecutor(len(people)) as pool:
        return sorted(pool.map(write, people))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_one_is_told_of_the_other(two: tuple[int, list[int]]) -> None:
    assert write_together(*two) == ["Stale", "written"]
    assert BusinessCase.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_keeps_one(two: tuple[int, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both believe that they write the first version, and the constraint has to refuse one."""
    monkeypatch.setattr("initiatives.portfolio.models.case.lock_with_money", lambda initiative: None)
    both = Barrier(2)
    current = type(BusinessCase.objects.all()).current

    def slow(self: Any, initiative: Any) -> Any:
        found = current(self, initiative)
        both.wait(timeout=20)
        return found

    monkeypatch.setattr(type(BusinessCase.objects.all()), "current", slow)
    monkeypatch.setattr(BusinessCase.objects, "current", lambda initiative: slow(BusinessCase.objects.all(), initiative))
    assert write_together(*two) == ["IntegrityError", "written"]
    assert BusinessCase.objects.count() == 1
