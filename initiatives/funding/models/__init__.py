"""Money: pools and what they are given to, the ledger, requests and their approvals."""

from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.deciding import ASK
from initiatives.funding.models.ledger import Account, Act, Journal, Kind, Transfer
from initiatives.funding.models.papers import Approval, Receipt, RequestLine, State, Step
from initiatives.funding.models.pools import FiscalYear, Pool
from initiatives.funding.models.requests import FundingRequest

__all__ = [
    "ASK",
    "Account",
    "Act",
    "Approval",
    "CostObject",
    "FiscalYear",
    "FundingRequest",
    "Journal",
    "Kind",
    "Pool",
    "Receipt",
    "RequestLine",
    "State",
    "Step",
    "Transfer",
]
