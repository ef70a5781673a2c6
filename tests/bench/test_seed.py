"""The seeded company is whole: what is derived from it is there, and its map is drawn."""

from django.test import Client

from cxgov.seed import seed
from initiatives.journey.models import Channel, Handoff, OwnedObject, Stage, Touchpoint
from initiatives.organization import projections
from initiatives.organization.models import User


def test_a_small_company_has_a_map_in_proportion(db: None) -> None:
    seed(1, 60)
    assert (Stage.objects.count(), Channel.objects.count(), Touchpoint.objects.count()) == (12, 10, 18)
    assert OwnedObject.objects.owned().filter(touchpoint__isnull=False).exists()
    assert Handoff.objects.agreed().exists()
    assert not any(projections.rebuild(check=True).values())
    client = Client()
    client.force_login(User.objects.get(email="ceo@seed.example"))
    for path in ("/own/map/", "/own/coverage/", "/own/handoffs/", Touchpoint.objects.earliest("pk").get_absolute_url()):
        assert client.get(path).status_code == 200
