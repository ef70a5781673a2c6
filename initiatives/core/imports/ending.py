"""How an import ended is told to who began it: above the next page they open, and by whoever offered to write to them."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from initiatives.core.imports.models import ImportRun

LONG = timedelta(minutes=1)  # who waits for longer is written to, and so is who did not come back for so long

Write = Callable[["ImportRun"], None]
_writers: list[Write] = []


def write_with(writer: Write) -> None:
    """Offer to write to who began an import when it ends; called once, by the post room, when the product starts."""
    _writers[:] = [writer]


def tell(run: "ImportRun") -> None:
    """Say to who began it how it ended, in the transaction in which it does."""
    run.by.tell(in_words(run), url=run.get_absolute_url(), tone=run.tone or "info")
    for write in _writers:
        write(run)


def in_words(run: "ImportRun") -> str:
    """The result in a sentence or two: "Import of x.csv: 3 were created, …"."""
    if run.state == "done":
        found = {name: run.result.get(name, 0) for name in ("created", "updated", "unchanged")}
        said = ngettext("%(created)s was created", "%(created)s were created", found["created"])
        words = said + _(", %(updated)s updated, %(unchanged)s the same already.")
        return f"{run}: {words % found} {run.failure}".strip()
    why = run.failure or _("It was cancelled.")
    return f"{run}: {why} " + _("Nothing of it is stored.")


def was_heard(run: "ImportRun") -> bool:
    """Whether who began it has been told on a page."""
    run.by.refresh_from_db(fields=["to_be_told"])
    return all(notice["url"] != run.get_absolute_url() for notice in run.by.to_be_told)
