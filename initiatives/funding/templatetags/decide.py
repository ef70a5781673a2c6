"""What an ask to decide about money shows where it is answered."""

from typing import Any
from uuid import UUID, uuid4

from django import template

from initiatives.duties.models import Obligation
from initiatives.funding import reports
from initiatives.funding.models import Exemption, FundingRequest
from initiatives.funding.models.control import findings, lines_of

register = template.Library()


@register.simple_tag(takes_context=True)
def to_decide(context: template.Context, obligation: Obligation) -> reports.Decision | None:
    """What `obligation` asks the reader to decide; all of the reader's asks are read at once, with the first of them."""
    request = context["request"]
    if not hasattr(request, "decisions"):
        request.decisions = reports.decisions(request.user)
    found: reports.Decision | None = request.decisions.get(obligation.subject_id)
    return found


@register.simple_tag
def form_key() -> UUID:
    """A fresh key for one form, so that sending it twice acts once."""
    return uuid4()


@register.simple_tag(takes_context=True)
def control_of(context: template.Context, asked: FundingRequest) -> dict[str, Any]:
    """What pools' controls say about the request, as far as the reader may know, and what keeps them from letting it pass."""
    user, found = context["request"].user, findings(asked, lines_of(asked))
    shown = [one for one in found if one.stops or one.lifted or one.pool.seen_by(user)]
    stopped = asked.state == "draft" and any(one.stops for one in found)
    return {"findings": shown, "obstacle": not stopped or Exemption.objects.obstacle_to_exempt(asked, user)}
