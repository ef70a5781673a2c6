"""What the views of this room share: reading what was sent, and pages around one form."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from initiatives.core.pages import Request, page
from initiatives.core.rules import BadInput
from initiatives.portfolio.forms import ReasonForm
from initiatives.portfolio.models import Initiative


def form_page(request: Request, template: str, form: forms.Form, **context: Any) -> HttpResponse:
    """A page around one form: 200 when it is opened, 422 (or the refusal's own status) when it was sent and refused."""
    refused = getattr(request, "refused", None)
    status = refused.status if refused else 422 if form.is_bound else 200
    return page(request, template, {"form": form, **context}, status=status)


def sent(request: Request) -> QueryDict | None:
    """What was typed into the form, or None when it is only opened."""
    return request.POST if request.method == "POST" else None


def reason_of(request: Request) -> str:
    """The reason that was typed; BadInput when it is missing or cannot be kept."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise BadInput(f"Reason: {form.errors['reason'][0]}")
    return str(form.cleaned_data["reason"])


def back(request: Request, found: Initiative) -> Any:
    """Where an answer returns to: Home when it was given there, else the initiative."""
    return reverse("home") if request.POST.get("back") == "home" else found
