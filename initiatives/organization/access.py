"""Rules of the room organization."""

from initiatives.core.policy import NOBODY, PUBLIC, SIGNED_IN, MailRule, Rule, TaskRule, declare, permission
from initiatives.organization.models import User


@permission("organization.manage_people")
def manage_people(user: User) -> bool:
    return user.standing.holds("administrator")


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
    TaskRule("organization.project_roles", who="the product: derives the stewards' groups from today's roles"),
    MailRule("invitation", who="the invited address, while the invitation is open"),
    MailRule("password_reset", who="the active person whose password it is"),
)
