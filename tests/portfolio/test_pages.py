"""The portfolio's pages through HTTP: what they show to whom, how they refuse, and how many queries they take."""

from django.test import Client

from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable


def test_every_get_page_opens(cast: Cast, active: Make, client: Client) -> None:
    initiative = active()
    cxo_head = cast.head("OPS")
    initiative.add_milestone("Lanes rebuilt", cxo_head.today(), by=cxo_head)
    initiative.check_in(by=cast.head("SEC"), health="amber", percent=30, done="Two lanes.")
    client.force_login(cast.head("OPS"))
    base = initiative.get_absolute_url()
    for path in ("", "edit/", "check-in/", "parts/new/", "milestones/new/", "make-confidential/", "milestones/1/move/"):
        path = path.replace("/1/", f"/{initiative.milestones.get().pk}/")
        response = client.get(base + path)
        assert response.status_code == 200, (path, response.content[:500])
    for path in ("", "?group=status&sort=-end", "board/", "new/", "export.csv", f"?open={initiative.reference}", "?view=board"):
        response = client.get("/initiatives/" + path)
        assert response.status_code == 200, (path, response.content[:500])
    client.force_login(cast.head("SEC"))
    assert client.get(f"{base}parts/{accountable(initiative).pk}/").status_code == 200
