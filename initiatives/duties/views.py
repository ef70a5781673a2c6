"""The mail of the demo world, kept and shown instead of sent; and letters that could not be delivered."""

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from initiatives.core.pages import Request, page, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.duties import mailbox, post
from initiatives.duties.models import Letter
from initiatives.organization.models import User


def mail(request: HttpRequest) -> HttpResponse:
    """The mails that this person may read, newest first."""
    return page(request, "duties/mail.html", {"mails": mailbox.kept_for(_reader(request))})


def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One of them; somebody else's is not there."""
    found = mailbox.one_for(_reader(request), name)
    if found is None:
        raise Http404
    return page(request, "duties/letter.html", {"mail": found})


@require_GET
def undelivered(request: Request) -> HttpResponse:
    """The letters that were given up, newest first."""
    rows = Letter.objects.visible_to(request.user).given_up().select_related("recipient").order_by("-pk")
    return page(request, "duties/undelivered.html", {"letters": Paginator(rows, 100).get_page(request.GET.get("page"))})


@require_POST
def send_again(request: Request, pk: int) -> HttpResponse:
    found = scoped(request, Letter.objects.visible_to(request.user).select_related("recipient"), "duties.send_again", pk=pk)
    with explained(request):
        found.send_again(by=request.user)
        transaction.on_commit(post.ring_the_bell, robust=True)
    return reply(request, "duties:undelivered", said=_("It is tried again now."))


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
