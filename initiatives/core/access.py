"""Rules of the room core."""

from initiatives.core.policy import PUBLIC, Rule, TaskRule, declare

declare(
    Rule("healthz", "GET", PUBLIC, who="anybody: says only that the process answers"),
    Rule("ui", "GET", "organization.manage_people", who="administrators: the pattern page"),
    Rule("readyz", "GET", PUBLIC, who="anybody: says which parts work, with ages and counts, nothing secret"),
    TaskRule("core.heartbeat", who="the product itself: writes the time"),
    TaskRule("core.run_import", "in the name of who uploaded the file; their permission is asked again when the run begins"),
    TaskRule("core.clear_imports", "the product, each hour: removes files of imports that came to nothing, keeps their rows"),
    TaskRule("core.ring_imports", "the product: begins imports that wait, reads nothing else"),
)
