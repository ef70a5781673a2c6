"""Mappings that are kept by name: those that people saved, and those that come with the product."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Lower

from initiatives.core import clock
from initiatives.core.fields import cut
from initiatives.core.imports.control import Control
from initiatives.core.imports.mapping import Mapping, from_data
from initiatives.core.imports.targets import Target
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says

if TYPE_CHECKING:
    from initiatives.organization.models import User


class ImportMapping(Recorded):
    """A mapping that somebody saved by name, for the next file of the kind."""

    target = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "target", Lower("name"), name=says("one_mapping_per_name", "Another mapping already has this name.")
            ),
        ]

    def __str__(self) -> str:
        return self.name


def mappings_beside(module: str, names: str = "*") -> dict[str, Any]:
    """The mappings {name: data} that come with a room, from the folder `mappings` beside that of its `module`."""
    folder = Path(module).parent.with_name("mappings")
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(f"{names}.json"))}


def mapping_names(target: Target) -> list[str]:
    """The names of all mappings that can be chosen: saved ones, then those that come with the product."""
    saved = list(ImportMapping.objects.filter(target=target.name).order_by(Lower("name")).values_list("name", flat=True))
    return [*saved, *(name for name in target.shipped if name not in saved)]


def mapping_named(target: Target, name: str) -> Mapping:
    """The mapping of this name; a saved one goes before one that comes with the product."""
    saved = ImportMapping.objects.filter(target=target.name, name__iexact=name).first()
    data = saved.data if saved else target.shipped.get(name)
    if data is None:
        raise BadInput(f"There is no mapping “{cut(name)}”. There are: {', '.join(mapping_names(target)) or 'none'}.")
    return from_data(data, target)


@transaction.atomic
def save_mapping(target: Target, name: str, mapping: Mapping, *, by: "User") -> ImportMapping:
    """Save under a name; the same name again replaces what it meant, and the trail keeps what was before."""
    name, mapping = " ".join(name.split()), replace(mapping, control=Control())
    if not name or len(name) > 80:
        raise BadInput("Give the mapping a name of at most 80 characters.")
    if name in target.shipped:
        raise RuleBroken(f"“{name}” comes with the product. Save yours under another name.")
    saved = ImportMapping.objects.filter(target=target.name, name__iexact=name).first()
    if saved is None:
        saved = ImportMapping.objects.create(target=target.name, name=name, data=mapping.as_data(), saved_by=by)
        saved.record("saved", by=by)
        return saved
    saved.lock()
    saved.data, saved.saved_by, saved.saved_at = mapping.as_data(), by, clock.now()
    saved.version += 1
    saved.save()
    saved.record("saved", by=by)
    return saved
