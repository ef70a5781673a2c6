"""A PostgreSQL of a test's own, made from a copy of its database: it may be crashed while others write."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from cxgov.local import binaries
from cxgov.local.children import Children
from cxgov.local.servers import CLEAN, Postgres, free_port
from cxgov.local.state import data_folder

FORGETFUL = {"synchronous_commit": "off", "wal_writer_delay": "10s"}  # says "committed" before it is written: the control


class Cluster:
    """`options` of PostgreSQL may make it worse than it is; without them a commit is what it promises to be."""

    def __init__(self, folder: Path, **options: str) -> None:
        who = binaries.account()
        who.own(folder)
        self.postgres = Postgres(folder, folder, "of-a-test", who, port=free_port(), options=options)
        self.children = Children()

    def start(self) -> None:
        self.url = self.postgres.start(self.children)

    def crash(self) -> None:
        """kill -9 of the server, with everything that it had not written; then its recovery, at the same address."""
        self.kill()
        self.start()

    def kill(self) -> None:
        (server,) = self.children.running
        server.process.kill()
        server.process.wait()
        self.children.running.clear()

    def fill(self) -> None:
        """Everything that is in the test's database."""
        programs = binaries.postgres(self.postgres.who)
        test = connection.settings_dict
        source = ["-h", test["HOST"] or "127.0.0.1", "-p", str(test["PORT"] or 5432), "-U", test["USER"], "-d", test["NAME"]]
        words = {**CLEAN, "PGPASSWORD": test["PASSWORD"] or ""}
        take = [programs / "pg_dump", "--no-owner", "--no-privileges", *source]
        restore = [programs / "psql", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, self.url]
        with subprocess.Popen(take, stdout=subprocess.PIPE, env=words, cwd="/") as dump:
            subprocess.run(restore, stdin=dump.stdout, env=CLEAN, cwd="/", check=True)
        assert dump.returncode == 0
        subprocess.run([programs / "psql", "-qc", "CHECKPOINT", self.url], env=CLEAN, cwd="/", check=True)


@contextmanager
def own_cluster(**options: str) -> Iterator[Cluster]:
    """The test's database in a cluster of its own, where this process and those that it forks find it meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="crash-", dir=data_folder()))
    cluster, test = Cluster(folder, **options), dict(connection.settings_dict)
    try:
        cluster.start()
        cluster.fill()
        connection.close()
        there = urlsplit(cluster.url)
        connection.settings_dict.update(
            HOST=there.hostname, PORT=there.port, USER=there.username, PASSWORD=there.password, NAME=there.path.lstrip("/")
        )
        yield cluster
    finally:
        connection.close()
        connection.settings_dict.update(test)
        cluster.children.stop()
        shutil.rmtree(folder)
