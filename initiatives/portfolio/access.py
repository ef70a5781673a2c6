"""Rules of the room portfolio: who may do what to an initiative. The sentences of a refusal stand with the acts.

Everything begins with seeing: a permission on an initiative that one may not see is refused, whatever else one is.
"""

from collections.abc import Callable

from initiatives.core.imports.models import ImportRun
from initiatives.core.pages import Request
from initiatives.core.policy import permission, scoped
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative

Answer = Callable[[Initiative, User], bool]


@permission("portfolio.view_initiative")
def view_initiative(user: User, initiative: Initiative | None = None) -> bool:
    """Every active person with a role; a confidential one, its insiders and who sees everything."""
    return user.standing.anywhere if initiative is None else initiative.seen_by(user)


@permission("portfolio.export_initiatives")
def export_initiatives(user: User) -> bool:
    """Everybody who sees the list, except who is an administrator and nothing else."""
    standing = user.standing
    return bool(standing.belongs_to) or standing.holds("cxo", "ceo", "finance", "auditor")


@permission("portfolio.create_initiative")
def create_initiative(user: User) -> bool:
    """Contributors, heads and deputies, for their own department; the CXO."""
    return bool(user.standing.belongs_to) or user.standing.holds("cxo")


@permission("portfolio.import_initiatives")
def import_initiatives(user: User) -> bool:
    """The CXO; heads and deputies for what their own department leads, asked of each row."""
    return user.standing.holds("cxo") or bool(user.standing.heads)


@permission("portfolio.follow_import")
def follow_import(user: User, run: ImportRun | None = None) -> bool:
    """One's own imports; the CXO all of them."""
    return import_initiatives(user) and (run is None or run.by_id == user.pk or user.standing.holds("cxo"))


def _of_cxo(initiative: Initiative, user: User) -> bool:
    return user.standing.holds("cxo")


def _may_cancel(initiative: Initiative, user: User) -> bool:
    return user.standing.holds("cxo") or user.standing.heads_department(initiative.lead_department_id)


def _may_involve(initiative: Initiative, user: User) -> bool:
    return initiative.may_edit(user) or initiative.may_run(user)


def _who_sees(answer: Answer) -> Callable[[User, Initiative], bool]:
    def asked(user: User, initiative: Initiative) -> bool:
        return answer(initiative, user) and initiative.seen_by(user)

    return asked


ANSWERS: dict[str, Answer] = {
    "edit": Initiative.may_edit,
    "propose": Initiative.may_edit,
    "assess": _of_cxo,
    "prioritise": _of_cxo,
    "launch": Initiative.may_run,
    "complete": Initiative.may_run,
    "realise": _of_cxo,
    "decline": _of_cxo,
    "pause": Initiative.may_run,
    "resume": Initiative.may_run,
    "cancel": _may_cancel,
    "make_confidential": Initiative.may_guard,
    "open_up": Initiative.may_guard,
    "involve": _may_involve,
    "plan": Initiative.may_plan,
    "check_in": Initiative.may_report,
}
for act, answer in ANSWERS.items():
    permission(f"portfolio.{act}_initiative")(_who_sees(answer))


def initiative_for(request: Request, ref: str, to: str = "view") -> Initiative:
    """The initiative of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    people = ("lead_department", "sponsor", "accountable_department", "accountable_person")
    seen = Initiative.objects.visible_to(request.user).select_related(*people)
    return scoped(request, seen, f"portfolio.{to}_initiative", reference=ref)
