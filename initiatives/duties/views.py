"""The mail of the demo world, kept and shown instead of sent."""

from django.http import Http404, HttpRequest, HttpResponse

from initiatives.core.pages import page
from initiatives.duties import mailbox
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


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
