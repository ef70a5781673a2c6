"""Asks of contests: who may still see and answer each."""

from initiatives.duties.kinds import Still, ask_about
from initiatives.journey.models import CaseState, Contest
from initiatives.journey.models.asking_contests import AGREE, ANSWER, APPEAL, KEEP, PROVE, RULE
from initiatives.journey.models.charter_votes import answers_for
from initiatives.organization.models import User


def among(user: User, ids: set[int], *states: str) -> list[Contest]:
    return list(Contest.objects.visible_to(user).with_sides().filter(pk__in=ids, state__in=states))


def heads(*states: str) -> Still:
    """Those in one of these states in which a department that this person answers for has a stake."""

    def still(user: User, ids: set[int]) -> set[int]:
        mine = answers_for(user)
        return {contest.pk for contest in among(user, ids, *states) if mine & contest.side_ids()} if mine else set()

    return still


def rulers(user: User, ids: set[int]) -> set[int]:
    return {contest.pk for contest in among(user, ids, "ruling", "appealed") if contest.obstacle_to_rule(user) is None}


def stewards(user: User, ids: set[int]) -> set[int]:
    kept = Contest.objects.visible_to(user).open_now().filter(pk__in=ids, owned__steward=user)
    return set(kept.values_list("pk", flat=True))


CONTESTS = Contest.objects.select_related("owned", "claimant", "against")
KINDS: dict[str, tuple[str, Still]] = {
    ANSWER: ("Claim to answer", heads(CaseState.CLAIMED)),
    PROVE: ("Evidence to give", heads(CaseState.CONTESTED)),
    AGREE: ("Owner to agree on", heads(CaseState.MEDIATION)),
    RULE: ("Contest to rule on", rulers),
    APPEAL: ("Ruling to appeal or to leave", heads(CaseState.RULED)),
    KEEP: ("Contested object to keep", stewards),
}
for name, (words, still) in KINDS.items():
    ask_about(CONTESTS, name, words, still)
