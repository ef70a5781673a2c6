"""What the views of this room share: where an answer returns to."""

from typing import Any

from django.urls import reverse

from initiatives.core.pages import Request
from initiatives.portfolio.models import Initiative


def back(request: Request, found: Initiative) -> Any:
    """Where an answer returns to: Home when it was given there, else the initiative."""
    return reverse("home") if request.POST.get("back") == "home" else found
