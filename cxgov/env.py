"""The environment, read once, typed, and loud when something is missing or wrong.

Every variable that cxgov reads stands here and in docs/OPERATIONS.md; a test compares the two.
"""

from pathlib import Path

from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

LONGEST = 86_400  # seconds that a limit may be

_env = Env()

DATA_DIR = Path(_env.str("CXGOV_DATA", str(BASE_DIR / "var"))).resolve()
DATABASE_URL = _env.str("DATABASE_URL")
DATABASE_OWNER_URL = _env.str("DATABASE_OWNER_URL", "")
REDIS_URL = _env.str("REDIS_URL")
EMAIL_URL = _env.str("EMAIL_URL", "")
MAIL_FROM = _env.str("MAIL_FROM", "cxgov <cxgov@example.com>")
SECRET_KEY = _env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = _env.list("SECRET_KEY_FALLBACKS", [])
DEBUG = _env.bool("DEBUG", False)
DEMO = _env.bool("DEMO", False)
ALLOWED_HOSTS: list[str] = _env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"])
PUBLIC_URL = _env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
TRUST_PROXY = _env.bool("TRUST_PROXY", False)
TIME_ZONE = _env.str("TIME_ZONE", "Europe/Berlin")
CURRENCY = _env.str("CURRENCY", "EUR")
REQUEST_SECONDS = _env.float("REQUEST_SECONDS", 5)
TASK_SECONDS = _env.float("TASK_SECONDS", 60)
LONG_JOB_SECONDS = _env.float("LONG_JOB_SECONDS", 3600)
LOCK_SECONDS = _env.float("LOCK_SECONDS", 2)
LONG_JOB_LOCK_SECONDS = _env.float("LONG_JOB_LOCK_SECONDS", 30)
IDLE_SECONDS = _env.float("IDLE_SECONDS", 10)
PLANNED_STATEMENTS = _env.bool("PLANNED_STATEMENTS", True)
COMPANY = _env.str("COMPANY", "cxgov")


def database(variable: str = "DATABASE_URL") -> dict[str, object]:
    """Django's DATABASES["default"] from DATABASE_URL."""
    parsed = _env.dj_db_url(variable)
    if parsed.get("ENGINE") != "django.db.backends.postgresql":
        raise ValueError(f"{variable} must name a PostgreSQL database: postgres://user:password@host:port/name")
    return dict(parsed)


def owner() -> dict[str, object]:
    """The same from DATABASE_OWNER_URL, which another role reaches the same database with; {} when there is none."""
    if not DATABASE_OWNER_URL:
        return {}
    ours, owners = database(), database("DATABASE_OWNER_URL")
    if ours["NAME"] != owners["NAME"] or not ours["USER"] or ours["USER"] == owners["USER"]:
        raise ValueError("DATABASE_OWNER_URL and DATABASE_URL must name the same database and two different users")
    return owners


def email() -> dict[str, object]:
    """Django's EMAIL_* values from EMAIL_URL (smtp:// or smtps:// or smtp+tls://user:password@host:port)."""
    return dict(_env.dj_email_url("EMAIL_URL"))


def limits(*, statement: float, lock: float, idle: float) -> dict[str, float]:
    """PostgreSQL's settings by name, in seconds; 0 is no limit."""
    found = {"statement_timeout": statement, "lock_timeout": lock, "idle_in_transaction_session_timeout": idle}
    if wrong := [name for name, seconds in found.items() if not 0 <= seconds <= LONGEST]:
        raise ValueError(f"{', '.join(wrong)}: choose between 0 (no limit) and {LONGEST} seconds")
    return found
