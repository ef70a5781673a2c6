"""What a digest and a letter of escalation say, from what is true when they are sent."""

from typing import Any

from django.db.models import Q

from initiatives.core import clock
from initiatives.core.imports import ending
from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.targets import followed_by
from initiatives.duties import schedule
from initiatives.duties.compose import Needless
from initiatives.duties.kinds import KINDS
from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Letter, Obligation
from initiatives.duties.models.obligation import in_words
from initiatives.organization.models import User


def digest(letter: Letter) -> dict[str, Any]:
    """What its reader may answer now: the asks that this digest was written for, and with them all that is due soon or late.

    When none of those it was written for is left, it says nothing.
    """
    reader = _reader(letter)
    if not Obligation.objects.filter(reminders__letter=letter).open_now().exists():
        raise Needless("Everything in it was answered.")
    waiting = Obligation.objects.waiting_for(reader)
    written_for = set(waiting.filter(reminders__letter=letter).values_list("pk", flat=True))
    if not written_for:
        raise Needless("Its reader may not see or answer what it names any more.")
    today = clock.today(reader.zone)
    soon = Q(person=reader, due_on__lte=today - schedule.REMINDER_STEPS[0] * schedule.DAY)
    late = Q(due_on__lte=today - schedule.STAND_INS_FROM * schedule.DAY)
    asks = waiting.filter(Q(pk__in=written_for) | soon | late).select_related("person").soonest_first()
    return _page(list(asks), reader)


def escalation(letter: Letter) -> dict[str, Any]:
    """The asks that nobody answered, as far as the reader still stands above them and may see what they are about."""
    reader = _reader(letter)
    reminders = letter.reminders.select_related("obligation__person", "obligation__department")
    late = [reminder for reminder in reminders.order_by("due_on", "obligation_id") if reminder.obligation.is_open]
    if not late:
        raise Needless("Everything in it was answered.")
    ladder = Ladder()
    above = [r.obligation for r in late if reader in ladder.rungs(r.obligation, r.step)]
    told = [ask for ask in above if (kind := KINDS.get(ask.kind)) and kind.seen_by(reader, {ask.subject_id})]
    if not told:
        raise Needless("Its reader does not stand above these asks or may not see them any more.")
    return _page(told, reader)


def import_ended(letter: Letter) -> dict[str, Any]:
    """How an import ended, unless its reader has heard of it, or may not see it any more."""
    reader = _reader(letter)
    run = ImportRun.objects.visible_to(reader).select_related("by").filter(pk=letter.context["run"]).first()
    if run is None or not reader.has_perm(followed_by(run.of), run):
        raise Needless("Its reader may not see the import any more.")
    if ending.was_heard(run) and letter.next_try_at > letter.written_at:
        raise Needless("Its reader has seen how it ended.")
    return {"run": run, "words": ending.in_words(run)}


def _reader(letter: Letter) -> User:
    if letter.recipient is None:
        raise Needless("It has no reader.")
    return letter.recipient


def _page(asks: list[Obligation], reader: User) -> dict[str, Any]:
    today = clock.today(reader.zone)
    lines = [
        {
            "ask": ask,
            "due": ask.due_in_words(today),
            "late": max(ask.days_late(today), 0),
            "asked": in_words((today - ask.opened_at.astimezone(reader.zone).date()).days),
            "as_stand_in": ask.person_id != reader.pk,
        }
        for ask in asks[: schedule.LINES]
    ]
    return {
        "lines": lines,
        "count": len(asks),
        "more": max(len(asks) - schedule.LINES, 0),
        "late": sum(ask.days_late(today) > 0 for ask in asks),
    }
