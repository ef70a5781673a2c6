"""Who: people, the tree of departments, the dated roles that say what a person may do, invitations, and the working calendar."""

from initiatives.organization.models.calendar import Holiday, HolidayQuerySet, Weekday, WorkingWeek
from initiatives.organization.models.departments import Department, DepartmentQuerySet
from initiatives.organization.models.invitations import Invitation, InvitationQuerySet
from initiatives.organization.models.people import Theme, User, UserQuerySet, validate_time_zone
from initiatives.organization.models.roles import COMPANY_WIDE, Role, RoleKind, RoleQuerySet

__all__ = [
    "COMPANY_WIDE",
    "Department",
    "DepartmentQuerySet",
    "Holiday",
    "HolidayQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "Role",
    "RoleKind",
    "RoleQuerySet",
    "Theme",
    "User",
    "UserQuerySet",
    "Weekday",
    "WorkingWeek",
    "validate_time_zone",
]
