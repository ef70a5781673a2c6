"""Whether the product can do its work now: each part answers for itself; rooms above add parts in AppConfig.ready."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import connection

from initiatives.core.models import Heartbeat

log = logging.getLogger(__name__)

# Beat rings every minute through broker and worker: three silent minutes mean that one of them is down. Beat sends the
# first ring as soon as it starts (cxgov/celery.py), so a young product is judged by the same rule as an old one.
SILENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class Finding:
    """What a part says: whether it is well, and with which figures. Nothing secret: everybody may read it.

    `degraded`: it does its work, and somebody has to look at what it left lying.
    """

    ok: bool
    facts: dict[str, Any]
    degraded: bool = False


Probe = Callable[[], Finding]


def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(True, {})


def broker() -> Finding:
    with current_app.connection_for_write(connect_timeout=1) as channel:
        channel.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    return Finding(True, {})


def beat() -> Finding:
    age = Heartbeat.objects.age("beat")
    if age is None:
        return Finding(False, {"age_seconds": None})
    return Finding(age <= SILENCE, {"age_seconds": round(age.total_seconds(), 1)})


_PROBES: dict[str, Probe] = {"database": database, "broker": broker, "beat": beat}


def register(name: str, probe: Probe) -> None:
    """Add a part. A probe makes one cheap query; an exception counts as not ready."""
    if _PROBES.setdefault(name, probe) is not probe:
        raise ValueError(f"Two readiness probes named {name}")


def report() -> dict[str, Any]:
    """{"ready": bool, "degraded": bool, "parts": {name: {"ok": bool, …figures}}}; a part that is degraded says so"""
    parts = {name: _asked(name, probe) for name, probe in _PROBES.items()}
    degraded = any("degraded" in part for part in parts.values())
    return {"ready": all(part["ok"] for part in parts.values()), "degraded": degraded, "parts": parts}


def _asked(name: str, probe: Probe) -> dict[str, Any]:
    try:
        finding = probe()
    except Exception as error:  # whatever it is, the answer is "not ready", and the log says why
        log.warning("Not ready: %s: %s", name, error)
        return {"ok": False, "error": type(error).__name__}
    return {"ok": finding.ok, **({"degraded": True} if finding.degraded else {}), **finding.facts}
