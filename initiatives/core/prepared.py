"""Questions of every page: written as QuerySets, translated into SQL once, asked again with other values.

To build a QuerySet and to translate it takes Django several times as long as PostgreSQL needs to answer it. So

    @prepared
    def open_asks(user: User) -> QuerySet[Obligation]:
        return Obligation.objects.open_now().asked_of(user)

is called once for each shape that the question can have; `open_asks(user)` is the list of the rows. The function gets stand-ins
instead of its arguments, and each becomes a place in the SQL. No value can stay in what is kept, so one reader's cannot reach
another: of a person the function sees the key and the standing, and there is one SQL for each standing. Days and answers of
other questions, which pass, are refused.
"""

from collections.abc import Callable
from copy import copy
from datetime import date
from functools import lru_cache, wraps
from hashlib import md5
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, models
from django.db.models.expressions import Expression
from django.db.transaction import TransactionManagementError

from initiatives.core.statements import statement

Row = TypeVar("Row")
Shape = tuple[Any, ...]

MOST_SHAPES = 500  # kept of one question; those longest not asked give way


class Place(Expression):
    """Stands in a QuerySet for a value that comes when the question is asked. A list goes with `pk__among`."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class RowPlace(Place):
    """Stands for a row by its key; of a person it also knows the standing, which decides what may be seen."""

    def __init__(self, at: int, model: type[models.Model], standing: Any, is_active: bool) -> None:
        super().__init__(at)
        self.pk = self
        self._meta = model._meta
        if standing is not None:
            self.standing, self.is_active = standing, is_active


class Question:
    """One shape of a question, translated."""

    def __init__(self, name: str, rows: models.QuerySet[Any, Any]) -> None:
        self.rows = rows
        self.compiler = rows.query.get_compiler(rows.db)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:  # whoever asks like this sees nothing
            self.sql, self.params = "", ()
        if any(isinstance(param, date) for param in self.params):
            raise ValueError("A day would stay in what is kept: give it as an argument.")
        self.places = {at: param.at for at, param in enumerate(self.params) if isinstance(param, Place)}
        written = repr((self.sql, [param for at, param in enumerate(self.params) if at not in self.places]))
        self.name = f"{name}_{md5(written.encode(), usedforsecurity=False).hexdigest()}"

    def ask(self, values: list[Any]) -> list[Any]:
        if not self.sql:
            return []
        if self.rows.query.select_for_update and connections[self.rows.db].get_autocommit():
            raise TransactionManagementError("What locks is asked within a transaction.")
        compiler = copy(self.compiler)
        compiler.connection = connections[self.rows.db]
        places = {at: values[number] for at, number in self.places.items()}
        asked = statement(compiler.connection, self.name, self.sql, self.params, places)
        compiler.as_sql = lambda *args, **kwargs: asked
        rows = self.rows._chain()  # type: ignore[attr-defined]  # Django's own, as `all` is built
        rows.query.get_compiler = lambda *args, **kwargs: compiler
        return list(rows)


def prepared(build: Callable[..., models.QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """Let `build` be translated once for each shape; see above."""

    @lru_cache(maxsize=MOST_SHAPES)
    def question(*shapes: Shape) -> Question:
        with connection.execute_wrapper(_refuse):
            return Question(build.__name__.strip("_")[:30], build(*(_place(at, *shape) for at, shape in enumerate(shapes))))

    @wraps(build)
    def ask(*arguments: Any) -> list[Row]:
        return question(*map(_shape, arguments)).ask([_value(argument) for argument in arguments])

    return ask


def _refuse(*query: Any) -> None:
    raise ValueError("What another question answered would stay in what is kept: give it as an argument.")


def _place(at: int, model: Any = None, *person: Any) -> Any:
    """What the function gets: a class as it is, for the rest a place."""
    if model is None:
        return Place(at)
    return RowPlace(at, model, *person) if person else model


def _shape(argument: Any) -> Shape:
    if isinstance(argument, type):
        return (argument,)
    if not isinstance(argument, models.Model):
        return ()
    return argument.__class__, getattr(argument, "standing", None), getattr(argument, "is_active", True)


def _value(argument: Any) -> Any:
    if argument is None:
        raise ValueError("Nothing is equal to nothing in SQL: ask another question.")
    if isinstance(argument, models.Model):
        return argument.pk
    return list(argument) if isinstance(argument, set | frozenset | tuple) else argument
