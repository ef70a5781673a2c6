"""The demo world (world.py) and how it is acted out (stage.py, plot.py)."""

from datetime import date

from django.conf import settings
from django.db import transaction

from cxgov.demo.stage import Stage, address
from cxgov.demo.world import COMPANY_WIDE, DEPARTMENTS, DOMAIN, PASSWORD
from initiatives.core import clock
from initiatives.organization.models import User


def is_loaded() -> bool:
    return User.objects.filter(email__endswith=f"@{DOMAIN}").exists()


def logins() -> list[dict[str, str]]:
    """One person for each role: the part, the e-mail address and the password."""
    cast = [
        ("CXO", COMPANY_WIDE["cxo"][0]),
        ("CEO", COMPANY_WIDE["ceo"][0]),
        ("Finance", COMPANY_WIDE["finance"][0]),
        ("Finance", COMPANY_WIDE["finance"][1]),
        ("Department head", DEPARTMENTS["TER"][2]),
        ("Deputy", DEPARTMENTS["ITS"][3] or ""),
        ("Contributor", DEPARTMENTS["SEC"][4][0]),
        ("Auditor", COMPANY_WIDE["auditor"][0]),
        ("Administrator", COMPANY_WIDE["administrator"][0]),
    ]
    return [{"role": role, "name": name, "email": address(name), "password": PASSWORD} for role, name in cast]


@transaction.atomic
def load(today: date | None = None) -> None:
    """Act out the whole story, ending on `today`."""
    Stage(today or clock.today(settings.TIME_ZONE)).play()
