"""What a draft of the charter begins with."""

from initiatives.journey.models import CharterVersion, ItemKind, Stage
from initiatives.organization.models import User


def proposed_items(draft: CharterVersion, user: User) -> dict[str, str]:
    """The draft's items by kind, one on each line; of a new draft those of the last version, else the map's stages."""
    source = draft if draft.pk else CharterVersion.objects.voted_on().newest_first().first()
    if source is None:
        stages = Stage.objects.visible_to(user).in_use().order_by("position")
        return {ItemKind.STAGE: "\n".join(stages.values_list("title", flat=True))}
    found: dict[str, list[str]] = {kind: [] for kind in ItemKind.values}
    for item in source.items.all():
        found[item.kind].append(item.text)
    return {kind: "\n".join(texts) for kind, texts in found.items()}
