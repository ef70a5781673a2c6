"""What somebody who leaves is still asked for goes to whoever stands next; letters to them are not sent.

Who stays and only loses a role passes on what they may no longer answer.
"""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import TruncDate

from initiatives.duties.kinds import answerable
from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Letter, Obligation
from initiatives.duties.schedule import TO_THE_HEAD
from initiatives.organization import departures
from initiatives.organization.models import Department, Role, User
from initiatives.organization.models.roles import STEWARDS, today


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
        heirs = _heirs(ask, ladder)
        if heirs:
            ask.hand_over(next(_able(ask, heirs), heirs[0]), by=by, reason=f"{person} left.")
    Obligation.stand_ins.through._default_manager.filter(user_id=person.pk, obligation__outcome="").delete()
    Letter.objects.filter(recipient=person).drop("The reader left.")


@transaction.atomic
def role_ended(person: User, department: Department | None, by: User | None) -> None:
    """Whatever the person may no longer answer, the nearest who may is asked instead. Where nobody may, the ask stays."""
    lost = _lost(User.objects.get(pk=person.pk))  # rights are read anew
    ladder = Ladder() if lost else None
    for ask in lost:
        ask.lock()
        heirs = _heirs(ask, ladder) if ladder and ask.is_open else []
        if heir := next(_able(ask, heirs), None):
            ask.hand_over(heir, by=by, reason=f"{person} may no longer answer this.")


def follow_roles() -> int:
    """Roles begin and end by date, and a new head answers where another one did: do then what the act would have done.

    Looks at the people whose asks are older than such a day. Returns how many asks found another person.
    """
    day = today()
    ended = Role.objects.filter(person=OuterRef("person_id"), ends__gte=OuterRef("asked_on"), ends__lte=day)
    begun = Role.objects.filter(department=OuterRef("department_id"), kind__in=STEWARDS, starts__gte=OuterRef("asked_on"))
    asks = Obligation.objects.open_now().annotate(asked_on=TruncDate("opened_at"))
    moved = asks.filter(Exists(ended) | Exists(begun.filter(starts__lte=day))).values("person")
    return sum(_follow(person) for person in User.objects.active().filter(pk__in=moved).order_by("pk"))


def _follow(person: User) -> int:
    lost = [ask.pk for ask in _lost(person)]
    if lost:
        departures.role_ended(person, None, by=None)
    return Obligation.objects.filter(pk__in=lost).exclude(outcome="").count() if lost else 0


def _lost(person: User) -> list[Obligation]:
    """The asks to this person that their kinds say this person may not answer."""
    asks = list(Obligation.objects.open_now().filter(person=person).select_related("department").order_by("pk"))
    able = set(answerable(person, [(ask.pk, ask.kind, ask.subject_id) for ask in asks]))
    return [ask for ask in asks if ask.pk not in able]


def _heirs(ask: Obligation, ladder: Ladder) -> list[User]:
    """Who might be asked instead, the nearest first."""
    nearest = ask.department.deciders() if ask.department else []
    return [heir for heir in dict.fromkeys((*nearest, *ladder.rungs(ask, TO_THE_HEAD))) if heir.pk != ask.person_id]


def _able(ask: Obligation, heirs: list[User]) -> Iterator[User]:
    """Those of them who may answer."""
    return (heir for heir in heirs if answerable(heir, [(ask.pk, ask.kind, ask.subject_id)]))
