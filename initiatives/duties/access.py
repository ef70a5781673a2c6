"""Rules of the room duties."""

from initiatives.core.policy import MailRule, TaskRule, declare

declare(
    TaskRule("duties.ring", who="the product, each minute: writes reminders, and sends what is due"),
    TaskRule("duties.deliver", who="the product: sends letters, each checked again for its reader"),
    MailRule("digest", who="the person who is asked, or a stand-in, while active and able to answer"),
    MailRule("escalation", who="those above the person who is asked, while they may see what the ask is about"),
)
