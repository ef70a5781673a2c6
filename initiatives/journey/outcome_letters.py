"""What the letter about a decided change says, asked when it is sent."""

from typing import Any

from initiatives.duties import compose
from initiatives.duties.models import Letter
from initiatives.journey.models import MapChange


def facts(letter: Letter) -> dict[str, Any]:
    """The change and how it was decided, while its reader may still know of it."""
    reader = letter.recipient
    found = MapChange.objects.visible_to(reader).filter(pk=letter.context["change"]).first() if reader is not None else None
    if found is None or found.waits:
        raise compose.Needless("Its reader may not see it any more, or it is not decided.")
    return {"change": found}


compose.fresh("map_change", facts)
