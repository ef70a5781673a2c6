"""Rules of the room organization."""

from initiatives.core.policy import NOBODY, PUBLIC, SIGNED_IN, MailRule, Rule, TaskRule, declare, permission
from initiatives.organization.models import Department, Holiday, Invitation, Role, User


@permission("organization.manage_people")
def manage_people(user: User, about: User | Department | Role | Invitation | Holiday | None = None) -> bool:
    return user.standing.holds("administrator")


@permission("organization.view_person")
def view_person(user: User, person: User) -> bool:
    """Colleagues' names are open to everybody; the pages about them are the administrators'."""
    return True


@permission("organization.view_department")
def view_department(user: User, department: Department) -> bool:
    return True


@permission("organization.view_invitation")
def view_invitation(user: User, invitation: Invitation) -> bool:
    return user.standing.holds("administrator")


@permission("organization.view_exports")
def view_exports(user: User) -> bool:
    return user.standing.holds("auditor")


MANAGE = "organization.manage_people"


declare(
    Rule("account_login", "GET POST", PUBLIC, who="anybody"),
    Rule("account_logout", "GET POST", PUBLIC, who="anybody: ends the own session"),
    Rule("account_reset_password", "GET POST", PUBLIC, who="anybody: the answer is the same for known and unknown addresses"),
    Rule("account_reset_password_done", "GET", PUBLIC, who="anybody"),
    Rule("account_reset_password_from_key", "GET POST", PUBLIC, who="the reader of a reset letter"),
    Rule("account_reset_password_from_key_done", "GET", PUBLIC, who="anybody"),
    Rule("account_inactive", "GET", PUBLIC, who="anybody"),
    Rule("account_signup", "GET", PUBLIC, who="anybody: says that people come by invitation"),
    Rule("account_change_password", "GET POST", SIGNED_IN, who="one's own"),
    Rule("account_reauthenticate", "GET POST", SIGNED_IN, who="oneself"),
    Rule("usersessions_list", "GET POST", SIGNED_IN, who="one's own sessions"),
    *(
        Rule(url, "GET POST", NOBODY, who="not offered")
        for url in (
            "account_confirm_email",
            "account_confirm_login_code",
            "account_email",
            "account_email_verification_sent",
            "account_set_password",
        )
    ),
    Rule("organization:people", "GET", MANAGE, who="administrators"),
    Rule("organization:person", "GET", MANAGE, of="person", who="administrators"),
    Rule("organization:grant_role", "GET POST", MANAGE, of="person", who="administrators; never to themselves"),
    Rule("organization:end_role", "GET POST", MANAGE, of="role", who="administrators; never the last administrator's"),
    Rule("organization:deactivate", "GET POST", MANAGE, of="person", who="administrators; never themselves"),
    Rule("organization:reactivate", "POST", MANAGE, of="person", who="administrators"),
    Rule("organization:departments", "GET", SIGNED_IN, who="everybody signed in"),
    Rule("organization:department", "GET", "organization.view_department", of="department", who="everybody signed in"),
    Rule("organization:create_department", "GET POST", MANAGE, who="administrators"),
    Rule("organization:edit_department", "GET POST", MANAGE, of="department", who="administrators"),
    Rule("organization:close_department", "POST", MANAGE, of="department", who="administrators"),
    Rule("organization:merge_department", "GET POST", MANAGE, of="department", who="administrators"),
    Rule("organization:split_department", "GET POST", MANAGE, of="department", who="administrators"),
    Rule("organization:invite", "GET POST", MANAGE, who="administrators, at most twenty times an hour"),
    Rule("organization:withdraw_invitation", "POST", MANAGE, of="invitation", who="administrators"),
    Rule("organization:accept_invitation", "GET POST", PUBLIC, who="the reader of an open invitation, once"),
    Rule("organization:profile", "GET POST", SIGNED_IN, who="one's own"),
    Rule("organization:exports", "GET", "organization.view_exports", who="auditor"),
    Rule("organization:calendar", "GET", SIGNED_IN, who="everybody signed in: deadlines follow it"),
    Rule("organization:add_holiday", "GET POST", MANAGE, who="administrators"),
    Rule("organization:cancel_holiday", "POST", MANAGE, of="holiday", who="administrators"),
    Rule("organization:edit_week", "GET POST", MANAGE, who="administrators"),
    TaskRule("organization.project_roles", who="the product: derives the stewards' groups from today's roles"),
    MailRule("invitation", who="the invited address, while the invitation is open"),
    MailRule("password_reset", who="the active person whose password it is"),
)
