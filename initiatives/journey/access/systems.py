"""Who may do what with systems, data entities, the matrix of both, and flows."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.models import DataEntity, Flow, MatrixCell, System
from initiatives.journey.models.systems import may_register
from initiatives.organization.models import User

ALONG = ("owned__department", "owned__person", "owned__steward")


@permission("journey.view_system")
def view_system(user: User, system: System | None = None) -> bool:
    """Every active person with a role; a restricted one, its insiders and who sees everything."""
    return user.standing.anywhere if system is None else system.owned.seen_by(user)


@permission("journey.export_systems")
def export_systems(user: User) -> bool:
    """Everybody who sees the register, except who is an administrator and nothing else."""
    return user.standing.takes_part


@permission("journey.register_system")
def register_system(user: User) -> bool:
    return may_register(user)


@permission("journey.edit_system")
def edit_system(user: User, system: System) -> bool:
    return system.may_edit(user) and system.owned.seen_by(user)


@permission("journey.view_entity")
def view_entity(user: User, entity: DataEntity | None = None) -> bool:
    """Every active person with a role; a restricted one, its insiders and who sees everything."""
    return user.standing.anywhere if entity is None else entity.owned.seen_by(user)


@permission("journey.define_entity")
def define_entity(user: User) -> bool:
    return user.standing.holds("cxo")


@permission("journey.edit_entity")
def edit_entity(user: User, entity: DataEntity) -> bool:
    return entity.may_edit(user) and entity.owned.seen_by(user)


@permission("journey.assign_cell")
def assign_cell(user: User, cell: MatrixCell) -> bool:
    """Who may edit the entity or the system, and sees both."""
    return cell.entity.may_assign(cell.system, user) and _sees(user, cell)


@permission("journey.rule_cell")
def rule_cell(user: User, cell: MatrixCell) -> bool:
    """The CXO; the owning department of the entity where none of the rival systems is its own."""
    return cell.entity.may_rule(user, cell.rivals()) and _sees(user, cell)


def _sees(user: User, cell: MatrixCell) -> bool:
    return cell.entity.owned.seen_by(user) and cell.system.owned.seen_by(user)


@permission("journey.change_flow")
def change_flow(user: User, flow: Flow) -> bool:
    """Who may edit the system at the one end or at the other."""
    return flow.may_edit(user) and flow.seen_by(user)


@permission("journey.agree_view")
def agree_view(user: User) -> bool:
    return user.standing.holds("cxo")


def system_for(request: Request, ref: str, to: str = "view") -> System:
    """The system of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    seen: QuerySet[System] = System.objects.visible_to(request.user).select_related(*ALONG)
    return scoped(request, seen, f"journey.{to}_system", reference=ref)


def entity_for(request: Request, ref: str, to: str = "view") -> DataEntity:
    """The entity of this reference, for somebody who may do `to` with it."""
    seen: QuerySet[DataEntity] = DataEntity.objects.visible_to(request.user).select_related(*ALONG)
    return scoped(request, seen, f"journey.{to}_entity", reference=ref)


def cell_for(request: Request, ref: str, system: str) -> MatrixCell:
    """What the system does with the entity, as a cell that may hold nothing yet, for somebody who may say so."""
    cell = MatrixCell(entity=entity_for(request, ref), system=system_for(request, system))
    asked: Any = getattr(request, "asked", ())
    request.asked = {*asked, "journey.assign_cell"}  # type: ignore[attr-defined]  # read by the policy
    if not request.user.has_perm("journey.assign_cell", cell):
        raise PermissionDenied
    return cell


def claim_for(request: Request, ref: str, number: int) -> MatrixCell:
    """A system of record of the entity, for somebody who may rule on it."""
    entity = entity_for(request, ref)
    seen = MatrixCell.objects.visible_to(request.user).living().records().filter(entity=entity)
    found = scoped(request, seen.select_related("entity__owned", "system__owned"), "journey.rule_cell", pk=number)
    found.entity = entity
    return found


def flow_for(request: Request, ref: str, number: int) -> Flow:
    """A flow that leaves or reaches this system, for somebody who may change it."""
    system = system_for(request, ref)
    along = ("source__owned", "target__owned", "entity__owned")
    seen = Flow.objects.visible_to(request.user).touching(system).select_related(*along)
    return scoped(request, seen, "journey.change_flow", pk=number)


EVERYBODY = "everybody with a role, over what they may see"
OWNERS = "head and deputies of the owning department, the accountable person, the CXO; of what nobody owns, who entered it"
ENDS = "who may edit the system at either end"


def _rule(url: str, methods: str, act: str, who: str, of: str = "system") -> Rule:
    return Rule(f"journey:{url}", methods, f"journey.{act}_{of}", of=of, who=who)


declare(
    Rule("journey:systems", "GET", "journey.view_system", who=EVERYBODY),
    Rule("journey:system_map", "GET", "journey.view_system", who=EVERYBODY),
    Rule("journey:single_view", "GET", "journey.view_system", who=EVERYBODY),
    Rule("journey:agree_view", "GET POST", "journey.agree_view", who="the CXO"),
    Rule("journey:export_systems", "GET", "journey.export_systems", who="who sees it, not the administrator", export=True),
    Rule("journey:register_system", "GET POST", "journey.register_system", who="the CXO, heads and deputies"),
    _rule("system", "GET", "view", "everybody with a role; restricted ones, their insiders and who sees everything"),
    _rule("edit_system", "GET POST", "edit", OWNERS),
    _rule("retire_system", "POST", "edit", OWNERS),
    _rule("add_flow", "GET POST", "edit", OWNERS),
    _rule("change_flow", "GET POST", "change", ENDS, of="flow"),
    _rule("end_flow", "POST", "change", ENDS, of="flow"),
    Rule("journey:entities", "GET", "journey.view_entity", who=EVERYBODY),
    Rule("journey:define_entity", "GET POST", "journey.define_entity", who="the CXO"),
    Rule("journey:define_standard", "POST", "journey.define_entity", who="the CXO"),
    _rule("entity", "GET", "view", "everybody with a role; restricted ones, their insiders and who sees everything", of="entity"),
    _rule("edit_entity", "GET POST", "edit", "head and deputies of its department, the accountable person, the CXO", of="entity"),
    _rule("assign", "GET POST", "assign", "who may edit the entity or the system", of="cell"),
    _rule("rule", "POST", "rule", "the CXO; the entity’s department where no rival system is its own", of="cell"),
)
