"""The round of the access table, over the initiatives that are there, with the ballots of OPS and of HR."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from initiatives.decisions.models import Round
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import Initiative
from tests.cast import Cast

NOWHERE = 2_000_000_000


def rounds(arguments: dict[tuple[str, str], dict[str, Any]], cast: Cast) -> None:
    candidates = Initiative.objects.candidates().order_by("pk")
    last = today() + timedelta(days=9)
    held = Round.objects.open(
        title="Autumn", cap=Decimal(100), minimum=Decimal(0), closes_on=last, candidates=candidates, by=cast.cxo
    )
    arguments["round", "own"], arguments["round", "none"] = {"number": held.pk}, {"number": NOWHERE}
    for case, code in (("own", "OPS"), ("foreign", "HR")):
        arguments["round ballot", case] = {"number": held.pk, "department": cast.department(code).pk}
    arguments["round ballot", "none"] = {"number": held.pk, "department": NOWHERE}
