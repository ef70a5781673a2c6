"""The charter's objects of the access table: a version that is voted on, the ballots of OPS and of HR."""

from datetime import timedelta
from typing import Any

from initiatives.journey.models import CharterVersion
from initiatives.organization.models.roles import today
from tests.cast import Cast


def charter(arguments: dict[tuple[str, str], dict[str, Any]], cast: Cast) -> None:
    CharterVersion.objects.draft().prepare([("stage", "Plan")], by=cast.cxo)
    version = CharterVersion.objects.draft()
    version.open(closes_on=today() + timedelta(days=9), by=cast.cxo)
    arguments["charter", "own"] = {"number": version.number}
    arguments["charter", "none"] = {"number": 2_000_000_000}
    for case, code in (("own", "OPS"), ("foreign", "HR")):
        arguments["ballot", case] = {"number": version.number, "department": cast.department(code).pk}
    arguments["ballot", "none"] = {"number": version.number, "department": 2_000_000_000}
