"""Who: people, the tree of departments, the dated roles that say what a person may do, and invitations."""

from initiatives.organization.models.departments import Department, DepartmentQuerySet
from initiatives.organization.models.invitations import Invitation, InvitationQuerySet
from initiatives.organization.models.people import Theme, User, UserQuerySet, validate_time_zone
from initiatives.organization.models.roles import COMPANY_WIDE, Role, RoleKind, RoleQuerySet

__all__ = [
    "COMPANY_WIDE",
    "Department",
    "DepartmentQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "Role",
    "RoleKind",
    "RoleQuerySet",
    "Theme",
    "User",
    "UserQuerySet",
    "validate_time_zone",
]
