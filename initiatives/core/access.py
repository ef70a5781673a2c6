"""Rules of the room core."""

from initiatives.core.policy import PUBLIC, Rule, declare

declare(
    Rule("healthz", "GET", PUBLIC, who="anybody: says only that the process answers"),
    Rule("ui", "GET", "organization.manage_people", who="administrators: the pattern page"),
)
