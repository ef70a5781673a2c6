"""What a draft of a request still needs before it can be submitted, and whose approvals it needs then."""

from dataclasses import dataclass

from initiatives.funding import above
from initiatives.funding.above import Case, Name
from initiatives.funding.models import FundingRequest, State
from initiatives.funding.models.sequence import Due, would_need
from initiatives.organization.models import User

__all__ = ["Draft", "hurdles", "would_need"]


@dataclass(frozen=True)
class Draft:
    """Of a request that is not submitted: what it lacks before its requester can submit it, and the approvals it will need."""

    hurdles: list[Name]
    needs: list[Due]


def hurdles(user: User, request: FundingRequest, case: Case | None, obstacle: str | None) -> list[Name]:
    """Everything that the case lacks, where money needs one, or else the `obstacle`; told to who would submit the draft."""
    if request.state != State.DRAFT or request.requester_id != user.pk or not obstacle:
        return []
    if request.seed or case is None or above.case_lacks(request.cost_object) is None:
        return [Name(obstacle, "")]
    lacks = list(case.missing)
    return lacks if obstacle in {one.label for one in lacks} else [Name(obstacle, ""), *lacks]
