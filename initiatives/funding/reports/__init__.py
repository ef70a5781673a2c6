"""What money pages show."""

from initiatives.funding.reports.panels import Panel, cost_object_entries, money_page, money_panel
from initiatives.funding.reports.pools import JOURNAL_HEADER, journal_rows, pool_page, pools
from initiatives.funding.reports.requests import Decision, decisions, request_page, request_rows, requests

__all__ = [
    "JOURNAL_HEADER",
    "Decision",
    "Panel",
    "cost_object_entries",
    "decisions",
    "journal_rows",
    "money_page",
    "money_panel",
    "pool_page",
    "pools",
    "request_page",
    "request_rows",
    "requests",
]
