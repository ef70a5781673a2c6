"""Taking back what one proposed: the same act for every kind of proposal."""

from typing import Any

from django.apps import apps
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, reason_of, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding.models.withdrawing import Withdrawable


def proposal_for(request: Request, kind: str, pk: int) -> Withdrawable:
    """The proposal of this kind, named by its model."""
    known: list[Any] = [model for model in apps.get_app_config("funding").get_models() if issubclass(model, Withdrawable)]
    model = next((model for model in known if model._meta.model_name == kind), None)
    if model is None:
        raise Http404
    found: Withdrawable = scoped(request, model.objects.visible_to(request.user), "funding.withdraw_proposal", pk=pk)
    return found


@require_POST
def proposal_withdraw(request: Request, kind: str, pk: int) -> HttpResponse:
    proposal = proposal_for(request, kind, pk)
    with explained(request):
        proposal.withdraw(by=request.user, reason=reason_of(request))
    return reply(request, proposal, said="You took it back; everything stays as it is.")
