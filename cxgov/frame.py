"""What every page's frame shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"company": settings.COMPANY, "currency": settings.CURRENCY, "demo": settings.DEMO}
