"""What somebody who leaves is still asked for goes to whoever stands next; letters to them are not sent."""

from django.db import transaction

from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Letter, Obligation
from initiatives.duties.models.obligation import answerable
from initiatives.duties.schedule import TO_THE_HEAD
from initiatives.organization.models import User


def asked_of(person: User, by: User | None) -> list[tuple[str, str]]:
    """What `person` is asked for, as far as `by` may see it."""
    asks = Obligation.objects.open_now().filter(person=person)
    if by is not None:
        asks = asks.visible_to(by)
    return [(f"Asked for: {ask.words}", ask.url) for ask in asks.soonest_first()]


@transaction.atomic
def hand_over(person: User, by: User | None) -> None:
    """Ask the department's head instead; for a head, the deputy, else who stands above: the nearest who may answer.

    When none of them may, the nearest is asked to see to it. With nobody left the ask stays.
    """
    ladder = Ladder()
    for ask in Obligation.objects.open_now().filter(person=person).select_related("department"):
        nearest = ask.department.deciders() if ask.department else []
        heirs = [heir for heir in (*nearest, *ladder.rungs(ask, TO_THE_HEAD)) if heir.pk != person.pk]
        able = (heir for heir in heirs if answerable(heir, [(ask.pk, ask.kind, ask.subject_id)]))
        if heirs:
            ask.hand_over(next(able, heirs[0]), by=by, reason=f"{person} left.")
    Obligation.stand_ins.through._default_manager.filter(user_id=person.pk, obligation__outcome="").delete()
    Letter.objects.filter(recipient=person).drop("The reader left.")
