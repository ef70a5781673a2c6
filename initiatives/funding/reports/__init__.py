"""What money pages show."""

from initiatives.funding.reports.actuals import line_page, named, queue
from initiatives.funding.reports.authority import authority_page
from initiatives.funding.reports.book import Book
from initiatives.funding.reports.book_entries import BOOK_HEADER
from initiatives.funding.reports.department_year import department_year
from initiatives.funding.reports.flags import answer_flag, flags_page
from initiatives.funding.reports.guardrails import guardrail_page, warnings
from initiatives.funding.reports.market import market
from initiatives.funding.reports.panels import Panel, cost_object_entries, money_page, money_panel
from initiatives.funding.reports.periods import period_page, periods
from initiatives.funding.reports.pools import JOURNAL_HEADER, journal_rows, pool_page, pools
from initiatives.funding.reports.requests import Decision, decisions, request_page, request_rows, requests
from initiatives.funding.reports.virements import effects, virement_page, virements

__all__ = [
    "BOOK_HEADER",
    "JOURNAL_HEADER",
    "Book",
    "Decision",
    "Panel",
    "answer_flag",
    "authority_page",
    "cost_object_entries",
    "decisions",
    "department_year",
    "effects",
    "flags_page",
    "guardrail_page",
    "journal_rows",
    "line_page",
    "market",
    "money_page",
    "money_panel",
    "named",
    "period_page",
    "periods",
    "pool_page",
    "pools",
    "queue",
    "request_page",
    "request_rows",
    "requests",
    "virement_page",
    "virements",
    "warnings",
]
