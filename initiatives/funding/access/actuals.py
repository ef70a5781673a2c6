"""Rules about actuals from finance's files: who imports them, who reads the lines, and who settles what waits."""

from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.rules import import_rules
from initiatives.core.policy import Rule, TaskRule, declare, permission
from initiatives.funding.imports.target import Actuals
from initiatives.funding.models import ActualLine
from initiatives.funding.models.posting import may_post
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY


@permission("funding.import_actuals")
def import_actuals(user: User) -> bool:
    return may_post(user)


@permission("funding.follow_import")
def follow_import(user: User, run: ImportRun | None = None) -> bool:
    """One's own imports."""
    return may_post(user) and (run is None or run.by_id == user.pk)


@permission("funding.view_actuals")
def view_actuals(user: User) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.view_actual")
def view_actual(user: User, line: ActualLine) -> bool:
    """Who answers for the company's money; others what was posted to money that they may see."""
    if user.standing.holds(*SEE_ALL_MONEY):
        return True
    return line.journal_id is not None and line.cost_object is not None and line.cost_object.amounts_open_to(user)


@permission("funding.settle_actual")
def settle_actual(user: User, line: ActualLine) -> bool:
    """Finance; that two people set a line aside, and that who approved the money does not post it, the acts say."""
    return may_post(user)


FINANCE, SEES = "finance", "finance, CXO, CEO, auditor; posted ones also who sees the money they were posted to"

declare(
    *import_rules(Actuals(), who=FINANCE, followers="finance, who uploaded the file"),
    Rule("funding:actuals", "GET", "funding.view_actuals", who="finance, CXO, CEO, auditor"),
    Rule("funding:actual", "GET", "funding.view_actual", of="line", who=SEES),
    Rule("funding:actual_match", "POST", "funding.settle_actual", of="line", who="finance, but not who approved the money"),
    Rule("funding:actual_set_aside", "POST", "funding.settle_actual", of="line", who=FINANCE),
    Rule("funding:actual_confirm", "POST", "funding.settle_actual", of="line", who="finance, but not who proposed it"),
    Rule("funding:actual_put_back", "POST", "funding.settle_actual", of="line", who=FINANCE),
    TaskRule("funding.try_again", "posts lines that waited for a commitment, in the name of who delivered their file"),
)  # fmt: skip
