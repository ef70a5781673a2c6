"""What an ask to decide about money shows where it is answered."""

from uuid import UUID, uuid4

from django import template

from initiatives.duties.models import Obligation
from initiatives.funding import reports

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
