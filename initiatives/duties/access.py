"""Rules of the room duties."""

from django.conf import settings

from initiatives.core.policy import MailRule, Rule, TaskRule, declare, permission
from initiatives.duties.models import Letter
from initiatives.organization.models import User


@permission("duties.read_mail")
def read_mail(user: User) -> bool:
    """The page exists in the demo world only, where mail is kept; which mails it shows, mailbox.kept_for says."""
    return bool(settings.DEMO) and user.is_active


@permission("duties.send_again")
def send_again(user: User, letter: Letter | None = None) -> bool:
    return user.standing.holds("administrator")


READ_MAIL = "demo world only: letters addressed to oneself; administrators all"

declare(
    Rule("duties:mail", "GET", "duties.read_mail", who=READ_MAIL),
    Rule("duties:letter", "GET", "duties.read_mail", who=READ_MAIL),
    Rule("duties:undelivered", "GET", "duties.send_again", who="administrators: to whom and why not, never what it says"),
    Rule("duties:send_again", "POST", "duties.send_again", of="letter", who="administrators"),
    TaskRule("duties.ring", who="the product, each minute: writes reminders, and sends what is due"),
    TaskRule("duties.deliver", who="the product: sends letters, each checked again for its reader"),
    MailRule("digest", who="the person who is asked, or a stand-in, while active and able to answer"),
    MailRule("import_ended", who="who began the import, while they may see it; not when a page has told them within a minute"),
    MailRule("escalation", who="those above the person who is asked, while they may see what the ask is about"),
)
