"""A process that is killed at any step of an act: everything of it is stored or nothing, "saved" was only said of what is there,
and the same form sent again ends in the same state.

A step is a statement or a commit on its way to the database. `make soak` kills at each of them.
"""

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import Client
from django.urls import reverse

from initiatives.core import audit, clock
from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import upload
from initiatives.core.imports.targets import TARGETS
from initiatives.funding import books
from initiatives.funding.models import FiscalYear, Period, Virement, VirementState
from initiatives.organization.models import User
from initiatives.portfolio.models import Gate, Initiative
from tests.boards.conftest import an_initiative, bring_to
from tests.cast import Cast
from tests.funding.conftest import Treasury

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child begins with its own connection
]

LATE = datetime(2026, 11, 22, 9, tzinfo=UTC)
NOT_COUNTED = {"sessions.session", "usersessions.usersession", "core.importrun"}
ACTS = (
    "post", "approve", "agree to a transfer", "reverse an entry", "kill at a gate", "close a period", "deactivate", "import",
)  # fmt: skip
LAST = 3  # steps around the commit, at each of which is always killed
FILE = b"id,title,dept\n%d-1,One,OPS\n%d-2,Two,OPS\n%d-3,Three,OPS\n"
FIELDS = {"external_source": {"fixed": "T"}, "external_id": {"columns": ["id"]}, "title": {"columns": ["title"]}}


@dataclass
class Flow:
    """One act, ready to be done: `act` says whether it was answered as saved; `there` whether it is stored."""

    act: Callable[[], bool]
    there: Callable[[], bool]


Scene = Callable[[], Flow]


def stored() -> dict[str, int]:
    """How many rows each table has."""
    models = [model for model in apps.get_models() if model._meta.label_lower not in NOT_COUNTED and model._meta.managed]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{one._meta.db_table}', count(*) FROM {one._meta.db_table}" for one in models))
        return dict(cursor.fetchall())


def done_by(flow: Flow, *, kill_at: int = 0) -> tuple[bool, int]:
    """Let a process do it, killed before its step number `kill_at`: whether it said "saved", and how many steps it took."""
    connections.close_all()
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        # After a browser the child knows no event loop any more: asked by itself, it would take up a connection of the parent's.
        connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
        steps = 0

        def step(do: Any, *args: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return do(*args)

        commit = connection._commit
        connection._commit = lambda: step(commit)
        try:
            with connection.execute_wrapper(step):
                saved = flow.act()
            os.write(tell, f"{int(saved)} {steps}".encode())
        except BaseException:  # whatever it is, the parent is told
            os.write(tell, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(child, 0)
    with os.fdopen(told) as answer:
        said = answer.read()
    assert not said.startswith("Traceback"), said
    saved, _, steps = said.partition(" ")
    return saved == "1", int(steps or 0)


def sound() -> list[str]:
    broken = [] if audit.verify().intact else ["the chain of events is broken"]
    return [str(fault) for fault in books.verify().faults] + broken


def gained(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    return {table: many - before.get(table, 0) for table, many in now.items() if many != before.get(table, 0)}


def killed_everywhere(scene: Scene, every: int) -> None:
    flow = scene()
    before = stored()
    saved, steps = done_by(flow)
    assert saved
    assert flow.there()
    whole = gained(before, stored())
    for step in sorted({*range(1, steps + 1, every), *range(max(steps - LAST, 1), steps + 1)}):
        flow = scene()
        before = stored()
        saved, _ = done_by(flow, kill_at=step)
        assert not saved
        assert gained(before, stored()) == (whole if flow.there() else {}), f"killed at step {step} of {steps}"
        assert sound() == []
        done_by(flow)
        assert flow.there(), f"sent again after step {step}"
        assert gained(before, stored()) == whole
    assert sound() == []


# -- the acts ------------------------------------------------------------------------------------------------------------------


def sent(by: User, address: str, form: dict[str, Any]) -> Callable[[], bool]:
    """The form sent by this person; true when the page says that it is saved."""
    client = Client()
    client.force_login(by)
    return lambda: client.post(address, form).status_code == 302


@pytest.fixture
def scenes(cast: Cast, treasury: Treasury) -> dict[str, Scene]:
    numbers = iter(range(1_000))

    def post() -> Flow:
        thing, pool = treasury.cost_object(), treasury.pool("OPS")
        treasury.funded(thing, OPS="5.00")
        form = {"key": str(uuid4()), "pool": pool.pk, "amount": "2.00"}
        act = sent(cast.finance, reverse("funding:commit", args=[thing.pk]), form)
        return Flow(act, lambda: type(thing).objects.get(pk=thing.pk).committed == 2)

    def approve() -> Flow:
        thing = treasury.cost_object()
        request = treasury.submitted(thing, OPS="5.00")
        request.approve(by=cast.head("OPS"))
        form = {"key": str(uuid4()), "shown": request.shown()}
        act = sent(cast.finance, reverse("funding:request_approve", args=[request.pk]), form)
        return Flow(act, lambda: type(thing).objects.get(pk=thing.pk).allocated == 5)

    def agree_to_a_transfer() -> Flow:
        giver, taker = treasury.pool("OPS"), treasury.pool("IT")
        head, other = cast.head("OPS"), cast.head("IT")
        virement = Virement.objects.propose(giver, taker, Decimal(3), reason="Kiosks need a network.", by=head)
        form = {"key": str(uuid4()), "shown": virement.shown()}
        act = sent(other, reverse("funding:virement_agree", args=[virement.pk]), form)
        return Flow(act, lambda: Virement.objects.get(pk=virement.pk).state == VirementState.MADE)

    def reverse_an_entry() -> Flow:
        thing, pool = treasury.cost_object(), treasury.pool("OPS")
        treasury.funded(thing, OPS="5.00")
        entry = thing.commit(pool, Decimal(2), by=cast.finance)
        form = {"key": str(uuid4()), "reason": "Of another order."}
        act = sent(cast.second_finance, reverse("funding:reverse", args=[entry.pk]), form)
        return Flow(act, lambda: type(thing).objects.get(pk=thing.pk).committed == 0)

    def kill_at_a_gate() -> Flow:
        initiative = an_initiative(cast, f"Lanes {next(numbers)}", "OPS", owner="IT")
        bring_to(initiative, "active")
        treasury.funded(initiative.cost_object, OPS="5.00")
        milestone = initiative.add_milestone("Pilot", cast.cxo.today(), by=cast.head("IT"))
        gate = Gate.objects.set_gate(milestone, Decimal(3), must=["Queues are shorter"], should=[], by=cast.cxo)
        act = sent(cast.cxo, f"{gate.get_absolute_url()}kill/", {"reason": "They are longer.", "shown": gate.shown()})
        return Flow(act, lambda: type(initiative.cost_object).objects.get(initiative=initiative).allocated == 0)

    def close_a_period() -> Flow:
        start = 1950 + next(numbers)
        year = FiscalYear.objects.open(f"Y{start}", date(start, 1, 1), date(start, 12, 31), 12, by=cast.finance)
        period = Period.objects.with_people().get(year=year, number=1)
        period.propose(by=cast.finance)
        act = sent(cast.second_finance, reverse("funding:period_close", args=[period.pk]), {"shown": period.shown()})
        return Flow(act, lambda: Period.objects.get(pk=period.pk).closed_at is not None)

    def deactivate() -> Flow:
        person = cast.person(f"leaver_{next(numbers)}", "contributor", "OPS")
        act = sent(cast.administrator, reverse("organization:deactivate", args=[person.pk]), {"reason": "Left."})
        return Flow(act, lambda: not User.objects.get(pk=person.pk).is_active)

    def import_initiatives() -> Flow:
        number, target = next(numbers), TARGETS["initiatives"]
        cast.department("OPS")
        mapping = from_data({"fields": FIELDS | {"department": {"columns": ["dept"]}}}, target)
        rows = FILE % (number, number, number)
        run = upload(target, ContentFile(rows), "x.csv", by=cast.cxo)
        run.map(mapping)
        run.tried(running.tried(run.table(mapping), mapping, target, cast.cxo))
        run.confirm(by=cast.cxo, call=False)

        def act() -> bool:
            run.refresh_from_db()
            with clock.at((run.seen_at or clock.now()) + 2 * running.GRACE):  # a killed run is taken up again after its grace
                running.ring()
                ended = running.run(run.pk)
            return ended is not None and ended.state == "done"

        return Flow(act, lambda: Initiative.objects.filter(external_id__startswith=f"{number}-").count() == 3)

    return {
        "post": post,
        "approve": approve,
        "agree to a transfer": agree_to_a_transfer,
        "reverse an entry": reverse_an_entry,
        "kill at a gate": kill_at_a_gate,
        "close a period": close_a_period,
        "deactivate": deactivate,
        "import": import_initiatives,
    }


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_stored_whole_or_not_at_all(scenes: dict[str, Scene], act: str, pytestconfig: pytest.Config) -> None:
    with clock.at(LATE):
        killed_everywhere(scenes[act], pytestconfig.getoption("every"))


def test_an_act_in_two_transactions_is_found_out(cast: Cast, treasury: Treasury) -> None:
    """The negative control: somebody posts first and writes the rest down afterwards."""

    def scene() -> Flow:
        thing, pool, key = treasury.cost_object(), treasury.pool("OPS"), uuid4()
        treasury.funded(thing, OPS="5.00")

        def act() -> bool:
            thing.commit(pool, Decimal(1), by=cast.finance, key=key)
            thing.release(pool, Decimal(1), by=cast.finance)
            return True

        return Flow(act, lambda: type(thing).objects.get(pk=thing.pk).committed == 1)

    with pytest.raises(AssertionError, match="killed at step"):
        killed_everywhere(scene, 3)
