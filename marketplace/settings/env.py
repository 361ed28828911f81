"""The one typed reader of the environment.

A value may stand in NAME or, for secrets mounted as files, in the file named by NAME_FILE.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the content of the file named by NAME_FILE.

    :raises ImproperlyConfigured: neither is set and there is no default
    """
    if value := os.environ.get(name):
        return value
    if file_name := os.environ.get(f"{name}_FILE"):
        return Path(file_name).read_text(encoding="utf-8").strip()
    if default is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) in the environment.")
    return default


def flag(name: str, *, default: bool) -> bool:
    """:raises ImproperlyConfigured: the value is not a yes or a no"""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no, not {value!r}.")


def integer(name: str, default: int) -> int:
    """:raises ImproperlyConfigured: the value is not a whole number"""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def items(name: str, default: str | None = "") -> list[str]:
    """Return a comma separated list without blanks."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def required_items(name: str) -> list[str]:
    """:raises ImproperlyConfigured: not set, or nothing but commas"""
    found = items(name, None)
    if not found:
        raise ImproperlyConfigured(f"{name} names nothing.")
    return found


def database(url: str) -> dict[str, object]:
    """Turn postgresql://user:password@host:port/name into Django's mapping.

    `?host=/run/postgresql` is the folder of a server's socket on this machine, as libpq reads it.

    :raises ImproperlyConfigured: another engine than PostgreSQL
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"PostgreSQL is the one database here; got {parts.scheme}://.")
    return {
        "ENGINE": "apps.core.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[-1],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 5, **_preparing()},
    }


def _preparing() -> dict[str, object]:
    """Let the statements of core/sql.py be prepared, and planned once for any values.

    The ORM's are not: Django sends them with their values. A pooler in front of PostgreSQL that does not
    carry prepared statements needs PREPARED_STATEMENTS=no.
    """
    if not flag("PREPARED_STATEMENTS", default=True):
        return {}
    return {"prepare_threshold": 1, "options": "-c plan_cache_mode=force_generic_plan"}
