"""What fails in the access table: raised and posed by the contributor who owns the touchpoint of each case."""

from typing import Any

from initiatives.journey.models import Signal, Touchpoint
from tests.cast import Cast

Arguments = dict[tuple[str, str], dict[str, Any]]


def signals(arguments: Arguments, cast: Cast) -> None:
    for case, code in (("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")):
        touchpoint = Touchpoint.objects.get(title=f"The {case} touchpoint")
        signal = Signal.objects.raise_signal(by=cast.contributor(code), touchpoints=[touchpoint], title=f"The {case} signal")
        arguments["signal", case] = {"ref": signal.reference}
    arguments["signal", "none"] = {"ref": "SIG-99999"}
