"""A published ranking has a number and stays; each initiative learns its rank."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions.models import Assessment, Placement, RankedItem, Ranking, State
from initiatives.portfolio.models import Initiative, Status
from tests.cast import Cast
from tests.decisions.conftest import Candidate, publish, seen, titles


def test_publishing_numbers_the_ranking_and_gives_ranks(cast: Cast, candidate: Candidate) -> None:
    small, great = candidate("Small", value=2, effort=2), candidate("Great", value=9, effort=2)
    ranking = publish(cast, "What helps most comes first.")
    assert (ranking.number, ranking.state, ranking.published_by) == (1, State.PUBLISHED, cast.cxo)
    for initiative, rank, reason in ((great, 1, "Because of Great."), (small, 2, "Because of Small.")):
        initiative.refresh_from_db()
        assert (initiative.rank, initiative.rank_reason, initiative.status) == (rank, reason, Status.PRIORITISED)
    event = Event.objects.about(ranking).get()
    assert (event.act, event.actor, event.reason) == ("published", cast.cxo, "What helps most comes first.")
    assert event.changes["order"] == [great.reference, small.reference]


def test_an_overruled_one_carries_the_reason_of_the_cxo(cast: Cast, candidate: Candidate) -> None:
    small, great = candidate("Small", value=2, effort=2), candidate("Great", value=9, effort=2)
    ranking = Ranking.objects.draft()
    ranking.arrange([small.pk, great.pk], {small.pk: "Promised to the ministry."}, seen=seen(ranking), by=cast.cxo)
    publish(cast)
    small.refresh_from_db()
    assert (small.rank, small.rank_reason) == (1, "Promised to the ministry.")
    item = RankedItem.objects.get(initiative=small)
    assert (item.position, item.model_position, item.placed) == (1, 2, True)


def test_what_was_overruled_stays_so_in_the_next_draft(cast: Cast, candidate: Candidate) -> None:
    small, great = candidate("Small", value=2, effort=2), candidate("Great", value=9, effort=2)
    ranking = Ranking.objects.draft()
    ranking.arrange([small.pk, great.pk], {small.pk: "Promised."}, seen=seen(ranking), by=cast.cxo)
    publish(cast)
    assert titles(Ranking.objects.draft()) == ["Small", "Great"]
    assert Placement.objects.get().ranking == Ranking.objects.draft()
    second = publish(cast)
    assert second.number == 2
    assert RankedItem.objects.get(ranking=second, position=1).reason == "Promised."


def test_what_fell_out_loses_its_rank_and_history_keeps_it(cast: Cast, candidate: Candidate) -> None:
    funded, other = candidate("Funded", value=9, effort=1), candidate("Other", value=5, effort=1)
    first = publish(cast)
    funded.refresh_from_db()
    funded.fund(by=None)
    assert Initiative.objects.get(pk=funded.pk).rank == 1
    publish(cast)
    assert Initiative.objects.get(pk=funded.pk).rank is None
    assert Initiative.objects.get(pk=other.pk).rank == 1
    assert [item.initiative_id for item in first.items.in_order()] == [funded.pk, other.pk]


def test_an_unchanged_rank_is_not_written_again(cast: Cast, candidate: Candidate) -> None:
    chosen = candidate("A", value=9, effort=1)
    publish(cast)
    before = Event.objects.about(chosen).count()
    publish(cast)
    assert Event.objects.about(chosen).count() == before


def test_a_ranking_of_nothing_is_not_published(cast: Cast, candidate: Candidate) -> None:
    candidate("Not assessed")
    with pytest.raises(RuleBroken, match="Assess at least one"):
        publish(cast)
    assert not Ranking.objects.exists()


def test_a_ranking_without_a_rationale_is_not_published(cast: Cast, candidate: Candidate) -> None:
    candidate("A", value=9, effort=1)
    with pytest.raises(BadInput):
        publish(cast, "  ")
    assert not Ranking.objects.exists()
    assert Initiative.objects.get().rank is None


def test_only_the_cxo_publishes(cast: Cast, candidate: Candidate) -> None:
    candidate("A", value=9, effort=1)
    ranking = Ranking.objects.draft()
    for person in (cast.ceo, cast.finance, cast.head("OPS"), cast.administrator, cast.auditor):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            ranking.publish("So.", seen=seen(ranking), by=person)
    assert not Ranking.objects.published().exists()


def test_the_same_form_sent_twice_publishes_once(cast: Cast, candidate: Candidate) -> None:
    candidate("A", value=9, effort=1)
    opened = seen(Ranking.objects.draft())
    Ranking.objects.draft().publish("So.", seen=opened, by=cast.cxo)
    with pytest.raises(Stale):
        Ranking.objects.draft().publish("So.", seen=opened, by=cast.cxo)
    assert Ranking.objects.published().count() == 1


def test_the_database_keeps_a_published_ranking(cast: Cast, candidate: Candidate) -> None:
    chosen = candidate("A", value=9, effort=1)
    ranking = publish(cast)
    judged = Assessment.objects.get(initiative=chosen)
    late = RankedItem(ranking=ranking, initiative=candidate("B"), assessment=judged, position=2, model_position=2)
    for forbidden in (
        lambda: Ranking.objects.update(rationale="Better."),
        lambda: Ranking.objects.all().delete(),
        lambda: RankedItem.objects.update(position=7),
        lambda: RankedItem.objects.all().delete(),
        late.save,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    assert [item.position for item in ranking.items.all()] == [1]


def test_the_database_allows_one_draft_and_no_unexplained_overruling(cast: Cast, candidate: Candidate) -> None:
    chosen = candidate("A", value=9, effort=1)
    draft = Ranking.objects.create()
    with pytest.raises(IntegrityError, match="one_draft_ranking"), transaction.atomic():
        Ranking.objects.create()
    with pytest.raises(IntegrityError, match="overruled_with_a_reason"), transaction.atomic():
        RankedItem.objects.create(
            ranking=draft, initiative=chosen, assessment=Assessment.objects.get(), position=1, model_position=2, placed=True
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_one_wins(cast: Cast, candidate: Candidate) -> None:
    for title in "ABC":
        candidate(title, value=9, effort=1)
    opened, start = seen(Ranking.objects.draft()), threading.Barrier(2)
    said: list[str] = []

    def act(rationale: str) -> None:
        try:
            ranking = Ranking.objects.draft()
            start.wait()
            ranking.publish(rationale, seen=opened, by=cast.cxo)
            said.append("published")
        except RuleBroken as refused:
            said.append(type(refused).__name__)
        finally:
            connection.close()

    writers = [threading.Thread(target=act, args=(f"Writer {number}.",)) for number in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(said) == ["Stale", "published"] or sorted(said) == ["RuleBroken", "published"]
    assert list(Ranking.objects.published().values_list("number", flat=True)) == [1]
    assert sorted(Initiative.objects.values_list("rank", flat=True)) == [1, 2, 3]
