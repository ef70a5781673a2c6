"""Rules of the ownership map, coverage and handoffs."""

from initiatives.core.policy import Rule, declare

WHAT_THEY_SEE = "everybody with a role, over what they may see"

declare(
    Rule("journey:coverage", "GET", "journey.view_map", who=WHAT_THEY_SEE),
    Rule("journey:map", "GET", "journey.view_map", who=WHAT_THEY_SEE),
)
