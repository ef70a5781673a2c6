"""The access table: every URL and method, and which of the actors may, on which object. Whoever changes a right changes a line.

An actor is one letter, an object one word. Who is not named is refused: 404 when the object is hidden from them, else 403.
Nobody who is not signed in, and nobody who left, gets further than the sign-in page.
"""

ACTORS = {
    "n": "nobody: active, without a role",
    "c": "contributor of OPS, who drafted its initiative",
    "h": "head of OPS",
    "d": "deputy of OPS",
    "o": "head of IT",
    "f": "finance",
    "x": "CXO",
    "e": "CEO",
    "a": "auditor",
    "A": "administrator",
}
ALL = "".join(ACTORS)
ROLE = ALL.replace("n", "")  # everybody with a role

# Kind of object → its cases → who sees it. Of a case that does not exist nobody sees anything.
SEEN: dict[str, dict[str, str]] = {
    "": {"": ALL},
    "initiative": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "involvement": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "milestone": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "saved view": {
        "own": "c",
        "foreign": ALL,
        "hidden": "",
        "none": "",
    },  # of c; of somebody who shares; of somebody who does not
    "person": {"own": ALL, "foreign": ALL, "none": ""},
    "role": {"own": ALL, "none": ""},
    "department": {"own": ALL, "foreign": ALL, "none": ""},
    "invitation": {"own": "A", "none": ""},
    "letter": {"own": "A", "none": ""},  # one that was given up
    "holiday": {"own": ALL, "none": ""},
    "ranking": {"own": ALL, "none": ""},
    "import": {"own": "hx", "foreign": "x", "none": ""},  # of h; of the head of HR
    "pool": {"own": "hdfxea", "foreign": "fxea", "none": ""},
    "request": {"own": "chdfxea", "foreign": "fxea", "hidden": "fxea", "none": ""},
    "virement": {"own": "hdfxea", "foreign": "fxea", "none": ""},
    "cost object": {"own": "chdfxea", "foreign": "fxea", "hidden": "fxea", "none": ""},
    "handoff": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "touchpoint": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "owned": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "ownership": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "charter": {"own": ROLE, "none": ""},
    "ballot": {"own": ROLE, "foreign": ROLE, "none": ""},
    "signal": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "contest": {"own": ROLE, "foreign": ROLE, "hidden": "xea", "none": ""},
    "journal": {"own": "fxea", "foreign": "fxea", "none": ""},
}

# URL, methods, kind of object, and for each case who may (a case that is not named: nobody).
Row = tuple[str, str, str, dict[str, str]]


def everywhere(who: str, own: str = "") -> dict[str, str]:
    """The same people whatever the case; `own` adds some to the own one."""
    return {"own": who + own, "foreign": who, "hidden": who}


TABLE: list[Row] = [
    # -- core and the front door
    ("ui", "GET", "", {"": "A"}),
    ("home", "GET", "", {"": ALL}),
    # -- people
    ("account_change_password", "GET POST", "", {"": ALL}),
    ("account_reauthenticate", "GET POST", "", {"": ALL}),
    ("usersessions_list", "GET POST", "", {"": ALL}),
    ("organization:people", "GET", "", {"": "A"}),
    ("organization:person", "GET", "person", everywhere("A")),
    ("organization:grant_role", "GET POST", "person", everywhere("A")),
    ("organization:end_role", "GET POST", "role", {"own": "A"}),
    ("organization:deactivate", "GET POST", "person", everywhere("A")),
    ("organization:reactivate", "POST", "person", everywhere("A")),
    ("organization:departments", "GET", "", {"": ALL}),
    ("organization:department", "GET", "department", everywhere(ALL)),
    ("organization:create_department", "GET POST", "", {"": "A"}),
    ("organization:edit_department", "GET POST", "department", everywhere("A")),
    ("organization:close_department", "POST", "department", everywhere("A")),
    ("organization:merge_department", "GET POST", "department", everywhere("A")),
    ("organization:split_department", "GET POST", "department", everywhere("A")),
    ("organization:calendar", "GET", "", {"": ALL}),
    ("organization:add_holiday", "GET POST", "", {"": "A"}),
    ("organization:cancel_holiday", "POST", "holiday", {"own": "A"}),
    ("organization:edit_week", "GET POST", "", {"": "A"}),
    ("organization:invite", "GET POST", "", {"": "A"}),
    ("organization:withdraw_invitation", "POST", "invitation", {"own": "A"}),
    ("organization:profile", "GET POST", "", {"": ALL}),
    # -- portfolio
    ("portfolio:list", "GET", "", {"": ROLE}),
    ("portfolio:board", "GET", "", {"": ROLE}),
    ("portfolio:export", "GET", "", {"": ROLE.replace("A", "")}),
    ("portfolio:saved_views", "GET", "", {"": ROLE}),
    ("portfolio:save_view", "POST", "", {"": ROLE}),
    ("portfolio:rename_view", "GET POST", "saved view", {"own": "c"}),
    ("portfolio:discard_view", "POST", "saved view", {"own": "c"}),
    ("portfolio:create", "GET POST", "", {"": "chdox"}),
    ("portfolio:initiative", "GET", "initiative", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("portfolio:edit", "GET POST", "initiative", everywhere("x", own="chd")),
    ("portfolio:propose", "POST", "initiative", everywhere("x", own="chd")),
    ("portfolio:launch", "POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:complete", "POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:realise", "POST", "initiative", everywhere("x")),
    ("portfolio:decline", "POST", "initiative", everywhere("x")),
    ("portfolio:pause", "POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:resume", "POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:cancel", "POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:make_confidential", "GET POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:open_up", "POST", "initiative", everywhere("x", own="hd")),
    ("portfolio:propose_involvement", "GET POST", "initiative", everywhere("x", own="chd")),
    ("portfolio:involvement", "GET", "involvement", everywhere("x", own="hd")),
    ("portfolio:accept_involvement", "POST", "involvement", {"own": "hd"}),
    ("portfolio:decline_involvement", "POST", "involvement", {"own": "hd"}),
    ("portfolio:end_involvement", "POST", "involvement", everywhere("x", own="hd")),
    ("portfolio:hand_involvement", "POST", "involvement", everywhere("x", own="hd")),
    ("portfolio:check_in", "GET POST", "initiative", {"own": "hd"}),
    ("portfolio:report_no_change", "POST", "initiative", {"own": "hd"}),
    ("portfolio:add_milestone", "GET POST", "initiative", everywhere("x", own="chd")),
    ("portfolio:meet_milestone", "POST", "milestone", everywhere("x", own="chd")),
    ("portfolio:move_milestone", "GET POST", "milestone", everywhere("x", own="chd")),
    ("portfolio:drop_milestone", "POST", "milestone", everywhere("x", own="chd")),
    ("portfolio:imports", "GET POST", "", {"": "hdox"}),
    ("portfolio:import_map", "GET POST", "import", {"own": "hx", "foreign": "x"}),
    ("portfolio:import_run", "GET", "import", {"own": "hx", "foreign": "x"}),
    ("portfolio:import_confirm", "POST", "import", {"own": "hx", "foreign": "x"}),
    ("portfolio:import_cancel", "POST", "import", {"own": "hx", "foreign": "x"}),
    # -- money
    ("funding:pools", "GET", "", {"": "hdofxea"}),
    ("funding:year_open", "GET POST", "", {"": "f"}),
    ("funding:pool_open", "GET POST", "", {"": "f"}),
    ("funding:pool", "GET", "pool", {"own": "hdfxea", "foreign": "fxea"}),
    ("funding:pool_appropriate", "POST", "pool", {"own": "f", "foreign": "f"}),
    ("funding:pool_journal", "GET", "pool", {"own": "hdfxea", "foreign": "fxea"}),
    ("funding:virements", "GET", "", {"": "hdofxea"}),
    ("funding:virement_propose", "GET POST", "", {"": "hdofx"}),
    ("funding:virement", "GET", "virement", {"own": "hdfxea", "foreign": "fxea"}),
    ("funding:virement_agree", "POST", "virement", everywhere("x", own="hd")),
    ("funding:virement_decline", "POST", "virement", everywhere("x", own="hd")),
    ("funding:virement_withdraw", "POST", "virement", {"own": "f", "foreign": "f"}),
    ("funding:requests", "GET", "", {"": "chdofxea"}),
    ("funding:request", "GET", "request", everywhere("fxea", own="chd")),
    ("funding:request_submit", "POST", "request", {"own": "c"}),
    ("funding:request_withdraw", "POST", "request", {"own": "c"}),
    ("funding:request_approve", "POST", "request", everywhere("fx", own="hd")),
    ("funding:request_decline", "POST", "request", everywhere("fx", own="hd")),
    ("funding:request_draft", "GET POST", "cost object", everywhere("x", own="chd")),
    ("funding:cost_object", "GET", "cost object", everywhere("fxea", own="chd")),
    ("funding:commit", "POST", "cost object", everywhere("f")),
    ("funding:spend", "POST", "cost object", everywhere("f")),
    ("funding:release", "POST", "cost object", everywhere("fx")),
    ("funding:reverse", "POST", "journal", {"own": "f", "foreign": "f"}),
    # -- journey
    ("journey:touchpoints", "GET", "", {"": ROLE}),
    ("journey:export_touchpoints", "GET", "", {"": ROLE.replace("A", "")}),
    ("journey:map", "GET", "", {"": ROLE}),
    ("journey:coverage", "GET", "", {"": ROLE}),
    ("journey:handoffs", "GET", "", {"": ROLE}),
    ("journey:propose_handoff", "GET POST", "", {"": "hdox"}),
    ("journey:handoff", "GET", "handoff", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("journey:accept_handoff", "POST", "handoff", {"own": "hd"}),
    ("journey:decline_handoff", "POST", "handoff", {"own": "hd"}),
    ("journey:change_handoff", "GET POST", "handoff", everywhere("x", own="hd")),
    ("journey:end_handoff", "POST", "handoff", everywhere("x", own="hd")),
    ("journey:touchpoint", "GET", "touchpoint", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    # -- journey, ownership
    ("journey:attest", "GET POST", "", {"": ROLE}),
    ("journey:export_register", "GET", "", {"": ROLE.replace("A", "")}),
    ("journey:propose", "GET POST", "owned", {"own": "hdox", "foreign": "hdox", "hidden": "x"}),
    ("journey:ownership", "GET", "ownership", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("journey:accept_ownership", "POST", "ownership", {"own": "hd"}),
    ("journey:decline_ownership", "POST", "ownership", {"own": "hd"}),
    ("journey:withdraw_ownership", "POST", "ownership", everywhere("x", own="hd")),
    ("journey:hand_over", "GET POST", "ownership", {"own": "hd"}),
    ("journey:name_person", "POST", "ownership", {"own": "hd"}),
    ("journey:give_back", "POST", "ownership", {"own": "hd"}),
    ("journey:charter", "GET", "", {"": ROLE}),
    ("journey:charter_version", "GET", "charter", {"own": ROLE}),
    ("journey:charter_vote", "GET POST", "ballot", {"own": "hd"}),
    ("journey:charter_prepare", "GET POST", "", {"": "x"}),
    ("journey:charter_open", "POST", "", {"": "x"}),
    ("journey:charter_close", "POST", "", {"": "x"}),
    ("journey:charter_waive", "POST", "", {"": "e"}),
    ("journey:charter_waiver_end", "POST", "", {"": "e"}),
    # -- journey: signals
    ("journey:signals", "GET", "", {"": ROLE}),
    ("journey:export_signals", "GET", "", {"": ROLE.replace("A", "")}),
    ("journey:raise_signal", "GET POST", "", {"": ROLE}),
    ("journey:signal", "GET", "signal", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("journey:support", "POST", "signal", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("journey:answer_signal", "POST", "signal", everywhere("x", own="chd")),
    ("journey:dismiss_signal", "POST", "signal", everywhere("x", own="chd")),
    ("journey:merge_signal", "POST", "signal", everywhere("x", own="chd")),
    ("journey:reopen_signal", "POST", "signal", everywhere("x", own="chd")),
    # -- journey, contests
    ("journey:contests", "GET", "", {"": ROLE}),
    ("journey:contest", "GET", "contest", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("journey:contest_open", "GET POST", "owned", {"own": "hdo", "foreign": "hdo"}),
    ("journey:contest_claim", "POST", "contest", {"own": "hdo", "foreign": "hdo"}),
    ("journey:contest_evidence", "POST", "contest", {"own": "hdo", "foreign": "hdo"}),
    ("journey:contest_withdraw", "POST", "contest", {"own": "hdo", "foreign": "hdo"}),
    ("journey:contest_appeal", "POST", "contest", {"own": "hdo", "foreign": "hdo"}),
    ("journey:contest_rule", "POST", "contest", {"own": "xe", "foreign": "xe", "hidden": "xe"}),
    # -- decisions
    ("decisions:ranking", "GET", "", {"": ALL}),
    ("decisions:history", "GET", "", {"": ALL}),
    ("decisions:published", "GET", "ranking", {"own": ALL}),
    ("decisions:draft", "GET POST", "", {"": "x"}),
    ("decisions:publish", "POST", "", {"": "x"}),
    ("decisions:assessments", "GET", "initiative", {"own": ROLE, "foreign": ROLE, "hidden": "xea"}),
    ("decisions:assess", "POST", "initiative", everywhere("x")),
    # -- duties
    ("duties:mail", "GET", "", {"": ALL}),
    ("duties:undelivered", "GET", "", {"": "A"}),
    ("duties:send_again", "POST", "letter", {"own": "A"}),
    # -- boards
    ("boards:own", "GET", "", {"": ALL}),
    ("boards:money", "GET", "", {"": "hdfxea"}),
    ("boards:waiting", "GET", "", {"": ALL}),
    ("boards:prove", "GET", "", {"": ALL}),
]

# What a page is asked about besides its address; without it there is nothing to refuse.
QUERY = {"boards:money": "?figure=asked&accountable=OPS"}

# Open to everybody, or to nobody: tested as such. The reasons stand in the rules (`manage.py policy_export`).
PUBLIC = {
    "healthz", "readyz", "organization:accept_invitation", "account_login", "account_logout", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done", "account_inactive",
    "account_signup",
}  # fmt: skip
NOT_OFFERED = {
    "account_confirm_email", "account_confirm_login_code", "account_email", "account_email_verification_sent",
    "account_set_password",
}  # fmt: skip
# Their object is a file of one reader, which its own room's tests make: tests/duties.
ELSEWHERE = {"duties:letter"}
