"""A question that is translated once is asked with each reader's own values."""

from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django.fixtures import DjangoAssertNumQueries

from initiatives.core.prepared import prepared
from initiatives.organization.models import Department, Role, User
from initiatives.organization.purview import purview
from tests.cast import Cast

built: list[str] = []


@prepared
def colleagues(user: User, kind: str) -> QuerySet[Role, str]:
    """Everybody's for who sees everything, one's own departments' for others: as `visible_to` is written."""
    built.append(kind if isinstance(kind, str) else "")
    roles = Role.objects.filter(kind=kind).exclude(person=user)
    if not user.standing.sees_everything:
        roles = roles.filter(department__in=user.standing.belongs_to)
    return roles.order_by("pk").values_list("person__name", flat=True)


@prepared
def some(keys: Any, name: str) -> QuerySet[Department]:
    return Department.objects.filter(pk__among=keys, name=name)


@prepared
def frozen(person: int) -> QuerySet[Role]:
    return Role.objects.filter(person_id=person, starts__lte=date(2026, 5, 1))


@prepared
def below(user: User) -> QuerySet[Department]:
    return Department.objects.filter(pk__in=purview(user))


@prepared
def nosy(user: User) -> QuerySet[User]:
    return User.objects.filter(name=user.name)


def test_one_standing_has_one_sql_and_each_reader_their_own_answer(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ops, other = cast.contributor("OPS"), cast.person("otto", "contributor", "OPS")
    readers = [ops, other, cast.contributor("IT"), cast.ceo, cast.head("IT"), cast.nobody]
    everybody = [ops.name, other.name, cast.contributor("IT").name]
    expected = [[other.name], [ops.name], [], everybody, [cast.contributor("IT").name], []]
    assert len({user.standing for user in readers}) == len(readers) - 1
    built.clear()
    for _ in range(2):
        for user, names in zip(readers, expected, strict=True):
            with django_assert_num_queries(1 if user.standing.anywhere else 0):  # who holds no role is not even asked about
                assert colleagues(user, "contributor") == names
            assert colleagues(user, "finance") == []
    assert built == [""] * (len(readers) - 1)


def test_rows_are_found_among_any_number_of_keys(cast: Cast) -> None:
    ops, it = cast.department("OPS"), cast.department("IT")
    assert some({ops.pk, it.pk}, ops.name) == [ops]
    assert some([it.pk], ops.name) == []
    assert some(set(), ops.name) == []
    assert some([it.pk, ops.pk, 0], "x' OR true --") == []


def test_no_day_stays_in_what_is_kept(cast: Cast) -> None:
    with pytest.raises(ValueError, match="A day would stay"):
        frozen(cast.ceo.pk)


def test_nothing_of_a_person_is_seen_but_key_and_standing(cast: Cast) -> None:
    with pytest.raises(AttributeError, match="name"):
        nosy(cast.ceo)


def test_no_answer_of_another_question_stays_in_what_is_kept(cast: Cast) -> None:
    with pytest.raises(ValueError, match="another question"):
        below(cast.head("OPS"))


def test_nothing_is_not_a_value(cast: Cast) -> None:
    with pytest.raises(ValueError, match="Nothing is equal to nothing"):
        some([cast.department("OPS").pk], None)
