"""Rules of the room duties."""

from initiatives.core.policy import TaskRule, declare

declare(
    TaskRule("duties.deliver", who="the product: sends letters, each checked again for its reader"),
)
