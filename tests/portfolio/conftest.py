"""What the portfolio's tests start from: an initiative at any point of its life, with its departments' parts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import ImportRun, upload
from initiatives.core.imports.saved import mapping_named
from initiatives.core.imports.targets import TARGETS
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative, Involvement, Status
from tests.cast import Cast
from tests.portfolio.importing import Y2021, Confirmed

Make = Callable[..., Initiative]


@pytest.fixture
def draft(cast: Cast) -> Make:
    """A draft by the contributor of OPS, with a problem statement."""

    def make(title: str = "Faster security lanes", code: str = "OPS", **fields: Any) -> Initiative:
        fields = {"problem": "Passengers queue for 40 minutes.", **fields}
        return Initiative.objects.draft(by=cast.contributor(code), title=title, lead_department=cast.department(code), **fields)

    return make


@pytest.fixture
def proposed(cast: Cast, draft: Make) -> Make:
    """A proposed initiative of OPS; SEC was asked to be accountable."""

    def make(**fields: Any) -> Initiative:
        initiative = draft(**fields)
        initiative.propose_involvement(cast.department("SEC"), "A", by=cast.head("OPS"))
        initiative.propose(by=cast.contributor("OPS"))
        return initiative

    return make


@pytest.fixture
def funded(cast: Cast, proposed: Make) -> Make:
    """A funded initiative of OPS for which SEC has accepted to be accountable, with its head."""

    def make(**fields: Any) -> Initiative:
        initiative = proposed(**fields)
        accountable(initiative).accept(by=cast.head("SEC"))
        initiative.assess(by=cast.cxo)
        initiative.prioritise(1, by=cast.cxo, reason="Most complaints.")
        initiative.fund(by=None)
        return initiative

    return make


@pytest.fixture
def active(cast: Cast, funded: Make) -> Make:
    def make(**fields: Any) -> Initiative:
        initiative = funded(**fields)
        initiative.launch(by=cast.head("OPS"))
        return initiative

    return make


def accountable(initiative: Initiative) -> Involvement:
    """The newest involvement that asks for, or has, the letter A."""
    return Involvement.objects.filter(initiative=initiative, letter="A").latest("id")


def status_of(initiative: Initiative) -> str:
    """What the database says."""
    return Initiative.objects.values_list("status", flat=True).get(pk=initiative.pk)


DAY = date(2026, 11, 22)
__all__ = ["DAY", "Make", "Status", "accountable", "status_of"]


@pytest.fixture(autouse=True)
def files_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def confirmed(cast: Cast) -> Confirmed:
    """An import that waits to run, by the CXO unless somebody else is named."""

    def make(file: Path | bytes = Y2021, mapping: Any = "gmpp-2021", by: User | None = None, name: str = "x.csv") -> ImportRun:
        by = by or cast.cxo
        target = TARGETS["initiatives"]
        data = file if isinstance(file, bytes) else file.read_bytes()
        run = upload(target, ContentFile(data), name, by=by)
        chosen = mapping_named(target, mapping) if isinstance(mapping, str) else from_data(mapping, target)
        run.map(chosen)
        run.tried(running.tried(run.table(chosen), chosen, target, by))
        run.confirm(by=by, call=False)
        return run

    return make
