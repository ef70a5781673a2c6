"""Rules of the room boards. It reads what the rooms below let the reader see, and adds nothing to it."""

from initiatives.core.policy import SIGNED_IN, Rule, declare

declare(
    Rule("home", "GET", SIGNED_IN, who="everybody: what waits for them, and the initiatives that they may see"),
    Rule("boards:own", "GET", SIGNED_IN, who="everybody, over what they may see; amounts as boards:money"),
    Rule(
        "boards:money",
        "GET",
        SIGNED_IN,
        who="CXO, CEO, finance and auditor; heads and deputies for their departments and those below; others are refused",
    ),
    Rule("boards:waiting", "GET", SIGNED_IN, who="everybody: asks about what they may see"),
    Rule("boards:prove", "GET", SIGNED_IN, who="everybody, over what they may see; cost as on the initiative"),
    Rule("boards:untested", "GET", SIGNED_IN, who="everybody, over the initiatives that they may see"),
)
