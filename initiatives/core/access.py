"""Rules of the room core."""

from initiatives.core.policy import PUBLIC, Rule, declare

declare(
    Rule("healthz", "GET", PUBLIC, who="anybody: says only that the process answers"),
)
