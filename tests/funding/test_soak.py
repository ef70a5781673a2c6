"""Eight writers while processes and the database die: nothing is overspent, nothing acknowledged is lost, nothing counts twice.

`make soak` runs the same for longer: 8 × 5,000 operations, 50 killed writers, 3 crashes of the database.
"""

import logging
from pathlib import Path

import pytest

from initiatives.core import audit
from initiatives.funding import books
from initiatives.funding.models import Journal, Pool
from tests.cast import Cast
from tests.cluster import FORGETFUL, own_cluster
from tests.funding.conftest import Treasury
from tests.funding.race import Race, set_scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child begins with its own connection
]

WRITERS, USUAL = 8, 500
LOG = logging.getLogger(__name__)


@pytest.mark.timeout(7200)  # 30 s on two free cores
def test_eight_writers_overspend_nothing_and_lose_nothing(
    cast: Cast, treasury: Treasury, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    operations, kills, crashes = (pytestconfig.getoption(name) for name in ("operations", "kills", "crashes"))
    times = max(operations // USUAL, 1)
    scene = set_scene(cast, treasury, times)
    with own_cluster() as cluster:
        race = Race(scene, tmp_path, writers=WRITERS, operations=operations)
        outcome = race.run(kills=(kills, race.kill_one), crashes=(crashes, cluster.crash))
        assert outcome.unexpected == []
        assert outcome.unfinished == []
        assert outcome.lost == set(), "an acknowledged entry is missing"
        assert outcome.faults == []
        assert outcome.snapshots >= 5
        acknowledged = outcome.acknowledged
        assert len(acknowledged) == len(set(acknowledged)) > WRITERS * operations / 10, "an act counted twice, or none did"
        assert outcome.refused > WRITERS * operations / 10, "the pools were never short: nothing was tried"
        assert outcome.again >= crashes, "nobody was in the middle of an act: nothing was tried"
        finding = books.verify()
        assert finding.right, finding.faults
        assert finding.balance == "0.00"
        assert audit.verify().intact
        assert {pool.appropriated for pool in Pool.objects.all()} == {1000 * times}
        assert min(pool.free for pool in Pool.objects.all()) >= 0
        done, seen = len(acknowledged), outcome.snapshots
        LOG.info("%d acknowledged, %d refused, %d tried again, %d snapshots", done, outcome.refused, outcome.again, seen)


def test_a_database_that_forgets_is_found_out(cast: Cast, treasury: Treasury, tmp_path: Path) -> None:
    """The negative control: this one says that it has written what it has not."""
    scene = set_scene(cast, treasury)
    with own_cluster(**FORGETFUL) as cluster:
        race = Race(scene, tmp_path, writers=2, operations=20)
        assert race.run(crashes=(1, cluster.crash)).lost
        assert Journal.objects.exists()
