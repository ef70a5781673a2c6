"""The pages of the ranking: what everybody reads, what only the CXO finds, and what nobody can infer."""

import re

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.decisions.models import Assessment, Ranking
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.decisions.conftest import Candidate, publish, seen, titles


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def places(html: str) -> list[tuple[str, str]]:
    """(rank, title) of each line of a ranking's table."""
    return re.findall(r'ranking-place">([\d,]+)</td>.*?<a href="[^"]*">([^<]*)</a></th>', html, re.DOTALL)


def test_everybody_reads_the_ranking_and_why(cast: Cast, candidate: Candidate) -> None:
    candidate("Small", value=2, effort=2), candidate("Great", value=9, effort=2)
    publish(cast, "What helps most comes first.")
    people = (cast.cxo, cast.ceo, cast.finance, cast.auditor, cast.administrator, cast.head("OPS"), cast.contributor("RET"))
    for person in people:
        html = text_of(browse(person), "/ranking/")
        assert places(html) == [("1", "Great"), ("2", "Small")]
        assert "What helps most comes first." in html
        assert "Because of Great." in html
        assert ("Positions are counted among the initiatives that you may see." in html) != person.standing.sees_everything


def test_an_empty_ranking_offers_the_first_step(cast: Cast) -> None:
    assert "Assess the candidates" in text_of(browse(cast.cxo), "/ranking/")
    assert "See the initiatives" in text_of(browse(cast.contributor("OPS")), "/ranking/")


MASKED = (
    r'name="csrfmiddlewaretoken" value="[^"]*"',
    r"hx-headers='[^']*'",
    r'(datetime|title)="20[^"]*"',
    r"[A-Z][a-z]{2} \d+ .{3} 20\d\d",
)


def test_a_hidden_initiative_leaves_no_trace_in_the_ranking(cast: Cast, candidate: Candidate) -> None:
    """Every page is the same to the byte, whether the hidden one was ranked between the others or never existed."""
    client, everything = browse(cast.contributor("RET")), browse(cast.ceo)
    candidate("First", value=9, effort=1)
    last = candidate("Last", value=2, effort=1)

    def pages(hidden: bool) -> list[str]:
        with transaction.atomic():
            if hidden:
                candidate("Secret", value=8, effort=1, confidential=True)
            publish(cast)
            ranking = Ranking.objects.draft()
            ranking.arrange([last.pk], {last.pk: "Promised."}, seen=seen(ranking), by=cast.cxo)
            publish(cast)
            found = [text_of(client, path) for path in ("/ranking/", "/ranking/1/", "/ranking/2/", "/ranking/history/")]
            assert ("Secret" in text_of(everything, "/ranking/1/")) == hidden
            transaction.set_rollback(True)
        for pattern in MASKED:
            found = [re.sub(pattern, "", html) for html in found]
        return found

    without, with_it = pages(hidden=False), pages(hidden=True)
    assert places(with_it[1]) == [("1", "First"), ("2", "Last")]
    assert with_it == without


def test_a_shown_rank_counts_what_the_reader_may_see(cast: Cast, candidate: Candidate) -> None:
    candidate("First", value=9, effort=1), candidate("Secret", value=8, effort=1, confidential=True)
    last = candidate("Last", value=2, effort=1)
    publish(cast)
    last.refresh_from_db()
    for person, rank in ((cast.ceo, 3), (cast.contributor("RET"), 2), (cast.head("OPS"), 3)):
        assert last.rank_among(Initiative.objects.ranks_hidden_from(person)) == rank


@pytest.mark.parametrize("part", ["ceo", "finance", "auditor", "administrator", "nobody"])
def test_only_the_cxo_finds_the_draft(cast: Cast, candidate: Candidate, part: str) -> None:
    initiative = candidate("A", value=5, effort=5)
    client = browse(getattr(cast, part))
    opened = seen(Ranking.objects.draft())
    assert client.get("/ranking/draft/").status_code == 403
    assert client.post("/ranking/draft/", {"order": initiative.pk, "seen": opened}).status_code == 403
    assert client.post("/ranking/draft/publish/", {"rationale": "So.", "seen": opened}).status_code == 403
    judge = {"value": 1, "effort": 1, "rationale": "So."}
    refused = client.post(f"/ranking/initiatives/{initiative.reference}/assess/", judge)
    assert refused.status_code == (404 if part == "nobody" else 403)
    assert not Ranking.objects.exists()
    assert Assessment.objects.count() == 1


def test_the_cxo_assesses_arranges_and_publishes(cast: Cast, candidate: Candidate) -> None:
    first, second = candidate("Lanes"), candidate("Lounge")
    client = browse(cast.cxo)
    assert "To be assessed" in text_of(client, "/ranking/draft/")
    for initiative, value in ((first, 9), (second, 3)):
        path = f"/ranking/initiatives/{initiative.reference}/assess/"
        assert client.post(path, {"value": value, "effort": 3, "rationale": "So."}).status_code == 302
    opened = re.search(r'name="seen" value="(\w+)"', text_of(client, "/ranking/draft/"))
    assert opened
    sent = {"seen": opened[1], "order": [first.pk, second.pk], "move": f"{second.pk}:up", f"reason-{second.pk}": "Promised."}
    assert client.post("/ranking/draft/", sent).status_code == 302
    assert titles(Ranking.objects.draft()) == ["Lounge", "Lanes"]
    opened = re.search(r'name="seen" value="(\w+)"', text_of(client, "/ranking/draft/"))
    assert opened
    published = client.post("/ranking/draft/publish/", {"seen": opened[1], "rationale": "Promises first."}, follow=True)
    assert "Ranking 1 is published" in published.content.decode()
    assert places(text_of(browse(cast.head("OPS")), "/ranking/")) == [("1", "Lounge"), ("2", "Lanes")]


def test_a_stale_draft_is_answered_with_a_conflict(cast: Cast, candidate: Candidate) -> None:
    candidate("A", value=5, effort=5)
    client = browse(cast.cxo)
    assert client.post("/ranking/draft/publish/", {"seen": "0" * 32, "rationale": "So."}).status_code == 409
    assert client.post("/ranking/draft/", {"seen": "0" * 32, "order": []}).status_code == 409
    assert not Ranking.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"value": "0", "effort": "5", "rationale": "So."},
        {"value": "11", "effort": "5", "rationale": "So."},
        {"value": "5.5", "effort": "5", "rationale": "So."},
        {"value": "", "effort": "5", "rationale": "So."},
        {"value": "5", "effort": "5", "rationale": "  "},
        {"value": "5", "effort": "5", "rationale": "x" * 2_001},
    ],
)
def test_bad_judgements_are_shown_at_their_field(cast: Cast, candidate: Candidate, sent: dict[str, str]) -> None:
    initiative = candidate("A")
    response = browse(cast.cxo).post(f"/ranking/initiatives/{initiative.reference}/assess/", sent)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("sent", [{"order": "x"}, {"order": "1", "move": "1:sideways"}, {"order": "1", "place-1": "-2"}])
def test_an_order_that_cannot_be_read_is_refused(cast: Cast, sent: dict[str, str]) -> None:
    assert browse(cast.cxo).post("/ranking/draft/", {"seen": "", **sent}).status_code == 400
    assert not Ranking.objects.exists()


def test_publishing_without_a_rationale_shows_the_draft_again(cast: Cast, candidate: Candidate) -> None:
    candidate("A", value=5, effort=5)
    response = browse(cast.cxo).post("/ranking/draft/publish/", {"seen": seen(Ranking.objects.draft()), "rationale": ""})
    assert response.status_code == 422
    assert not Ranking.objects.exists()


def test_a_candidate_far_down_is_put_at_a_position(cast: Cast, candidate: Candidate) -> None:
    ids = [candidate(title, value=9 - place, effort=1).pk for place, title in enumerate("ABC")]
    sent = {"seen": seen(Ranking.objects.draft()), "order": [ids[0]], f"place-{ids[2]}": "1", f"reason-{ids[2]}": "Promised."}
    assert browse(cast.cxo).post("/ranking/draft/", sent).status_code == 302
    assert titles(Ranking.objects.draft()) == ["C", "A", "B"]


def test_how_an_initiative_was_judged_is_open_to_who_sees_it(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("A", value=5, effort=5)
    Assessment.objects.assess(initiative, value=6, effort=5, rationale="We learned more.", by=cast.cxo)
    path = f"/ranking/initiatives/{initiative.reference}/"
    html = text_of(browse(cast.contributor("RET")), path)
    assert "We learned more." in html
    assert "Because of A." in html
    assert "/assess/" not in html
    Initiative.objects.filter(pk=initiative.pk).update(confidential=True)
    assert browse(cast.contributor("RET")).get(path).status_code == 404
    assert browse(cast.contributor("RET")).get("/ranking/7/").status_code == 404
    assert browse(cast.contributor("RET")).get(f"/ranking/{10**30}/").status_code == 404


@pytest.mark.parametrize("path", ["/ranking/", "/ranking/2/", "/ranking/draft/", "/ranking/history/"])
def test_pages_cost_the_same_for_any_number(
    cast: Cast, candidate: Candidate, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    candidate("A", value=5, effort=5), candidate("Not assessed")
    publish(cast), publish(cast)
    client = browse(cast.cxo)
    with django_assert_max_num_queries(12) as few:
        client.get(path)
    for number in range(8):
        candidate(f"N{number}", value=number + 1, effort=5), candidate(f"M{number}")
    publish(cast, "Again."), publish(cast, "And again.")
    with django_assert_max_num_queries(12) as many:
        client.get(path)
    assert len(many.captured_queries) == len(few.captured_queries)
