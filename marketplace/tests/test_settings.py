"""S21: production boots with proper values alone. Each case is a process with an environment of its own."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apps.core.checks import RULES, production_settings
from marketplace.settings.logs import LOGGING

ROOT = Path(__file__).resolve().parents[2]
# The form of a proper deployment; nothing here is a secret.
PROPER = {
    "SECRET_KEY": "t4Jw9qZr7LmX2cVb8NpKd3sHf6GyTu1AeRo5iQWl0xCjMzEBvYgSnFhDkPa",
    "ALLOWED_HOSTS": "shop.example",
    "SITE_URL": "https://shop.example",
    "DATABASE_URL": "postgresql://karvon_app:x@db.example/karvon",
    "DATABASE_OWNER_URL": "postgresql://karvon_owner:x@db.example/karvon",
    "REDIS_URL": "redis://redis.example",
    "STRIPE_SECRET_KEY": "sk_test_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    "TRUSTED_PROXY_COUNT": "1",
}


def _run(tmp_path: Path, arguments: list[str], **changes: str | None) -> tuple[int, str]:
    """Run a process that knows PROPER with the changes; None leaves a variable out."""
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {name: value for name, value in (PROPER | changes).items() if value is not None}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=base
        | given
        | {"DJANGO_SETTINGS_MODULE": "marketplace.settings.prod", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


BOOT = ["-c", "from django.conf import settings; settings.DEBUG"]
CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS"),
        ({"DATABASE_URL": None}, "Set DATABASE_URL"),
        ({"DATABASE_OWNER_URL": None}, "Set DATABASE_OWNER_URL"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "PostgreSQL is the one database"),
        ({"DATABASE_OWNER_URL": "mysql://root@db/karvon"}, "PostgreSQL is the one database"),
        ({"REDIS_URL": None}, "Set REDIS_URL"),
        ({"STRIPE_SECRET_KEY": ""}, "Set STRIPE_SECRET_KEY"),
        ({"STRIPE_WEBHOOK_SECRETS": ""}, "Set STRIPE_WEBHOOK_SECRETS"),
        ({"STRIPE_WEBHOOK_SECRETS": " , "}, "STRIPE_WEBHOOK_SECRETS names nothing"),
        ({"ALLOWED_HOSTS": ","}, "ALLOWED_HOSTS names nothing"),
        ({"STRIPE_LIVE_MODE": "maybe"}, "STRIPE_LIVE_MODE must be one of"),
        ({"TRUSTED_PROXY_COUNT": "one"}, "TRUSTED_PROXY_COUNT must be a whole number"),
        ({"S3_BUCKET": "media"}, "Set S3_ACCESS_KEY"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_production_without_a_proper_value_does_not_boot(
    tmp_path: Path, changes: dict[str, str | None], said: str
) -> None:
    code, output = _run(tmp_path, BOOT, **changes)

    assert code == 1
    assert "ImproperlyConfigured" in output
    assert said in output


def test_proper_production_boots_and_passes_every_check(tmp_path: Path) -> None:
    code, output = _run(tmp_path, CHECK)

    assert (code, output.strip()) == (0, "System check identified no issues (0 silenced).")


# Values that can be bad together; each number must be named, and no other.
BAD = {
    "what an example file brings": (
        {
            "SECRET_KEY": "short",
            "ALLOWED_HOSTS": "*",
            "SITE_URL": "http://127.0.0.1:8000",
            "DATABASE_OWNER_URL": PROPER["DATABASE_URL"],
            "TRUSTED_PROXY_COUNT": "0",
            "MONITORING_TOKEN": "letmein",
            "REDIS_URL": "localhost:6379",
        },
        {1, 2, 3, 8, 9, 13, 14},
    ),
    "live money on a half-made shop": (
        {
            "SECRET_KEY": "development-only-key-that-opens-nothing-outside-this-machine",
            "SITE_URL": "https://other.example",
            "STRIPE_LIVE_MODE": "1",
            "STRIPE_API_BASE": "http://127.0.0.1:8420",
            "REDIS_URL": "redis://redis.example/0",
            "MEDIA_ORIGIN": "http://media.example",
        },
        {6, 8, 10, 11, 12, 15},
    ),
    "a live key on a trial shop": (
        {"STRIPE_SECRET_KEY": "sk_live_x", "LIVE_URL": "ws://shop.example", "SITE_URL": ""},
        {12, 15, 9, 10},
    ),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", BAD)
def test_bad_values_of_production_are_named_each(tmp_path: Path, name: str) -> None:
    changes, numbers = BAD[name]

    code, output = _run(tmp_path, CHECK, **changes)

    assert code == 1
    assert {int(found) for found in re.findall(r"karvon\.E(\d+)", output)} == numbers
    assert output.count("HINT:") >= len(numbers)


@pytest.mark.timeout(120)
def test_settings_of_development_are_refused_as_production(tmp_path: Path) -> None:
    code, output = _run(tmp_path, [*CHECK, "--settings", "marketplace.settings.dev"], DEBUG="1")

    assert code == 1
    found = {int(number) for number in re.findall(r"karvon\.E(\d+)", output)}
    assert found >= {3, 4, 11}
    for warning in ("security.W018", "security.W012", "security.W004"):
        assert warning in output


def test_every_rule_is_broken_by_a_case() -> None:
    covered = set().union(*(numbers for _changes, numbers in BAD.values()))
    by_development = {4}
    by_hand = {5, 7}
    assert {rule.number for rule in RULES} == covered | by_development | by_hand


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("PAUSE_POINTS_ENABLED", True, 5), ("STRIPE_WEBHOOK_SECRETS", [], 7)],
)
def test_what_no_environment_can_say_is_refused_too(
    settings: Any, name: str, value: object, number: int
) -> None:
    settings.PAUSE_POINTS_ENABLED = False
    assert f"karvon.E{number:03}" not in {problem.id for problem in production_settings(None)}

    setattr(settings, name, value)

    assert f"karvon.E{number:03}" in {problem.id for problem in production_settings(None)}


PROMISES = (
    "DEBUG", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT", "PAUSE_POINTS_ENABLED", "SECURE_HSTS_SECONDS",
    "SILENCED_SYSTEM_CHECKS", "INSTALLED_APPS",
)  # fmt: skip


def test_production_keeps_its_promises_whatever_the_environment_says(tmp_path: Path) -> None:
    code, output = _run(
        tmp_path,
        [
            "-c",
            f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {PROMISES}}}))",
        ],
        DEBUG="1",
        PAUSE_POINTS_ENABLED="1",
        SESSION_COOKIE_SECURE="0",
        SECURE_SSL_REDIRECT="0",
    )

    assert code == 0
    found = json.loads(output)
    assert "apps.sandbox" not in found.pop("INSTALLED_APPS")
    assert found == {
        "DEBUG": False,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": True,
        "PAUSE_POINTS_ENABLED": False,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SILENCED_SYSTEM_CHECKS": [],
    }


def test_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PROPER["SECRET_KEY"] + "\n")
    show = ["-c", "from django.conf import settings; print(settings.SECRET_KEY)"]

    code, output = _run(tmp_path, show, SECRET_KEY=None, SECRET_KEY_FILE=str(secret))

    assert (code, output.strip()) == (0, PROPER["SECRET_KEY"])


def test_log_of_an_error_has_its_frames_but_none_of_their_values() -> None:
    """Variables hold addresses, tokens, whole tables: what is logged is read by many."""
    formatters: Any = LOGGING["formatters"]
    options = dict(formatters["json"])
    formatter = options.pop("()")(**options)

    def fail(card: str) -> None:
        raise LookupError("no such thing")

    try:
        fail("4242 4242")
    except LookupError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})

    written = formatter.format(record)

    (error,) = json.loads(written)["exception"]
    assert (error["exc_type"], error["exc_value"]) == ("LookupError", "no such thing")
    assert error["frames"][-1]["name"] == "fail"
    assert "4242" not in written
