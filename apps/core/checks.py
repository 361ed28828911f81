"""System checks that refuse a wrong deployment (`check --deploy`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.http.request import validate_host

MIN_SECRET_LENGTH = 40
MIN_TOKEN_LENGTH = 20


@dataclass(frozen=True)
class Rule:
    """`is_broken` looks at the settings; the number is stable and never used again."""

    number: int
    text: str
    hint: str
    is_broken: Callable[[], bool]


def _one_role_for_both() -> bool:
    databases = settings.DATABASES
    return bool(databases["default"].get("USER") == databases["owner"].get("USER"))


def _is_redis_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and not parts.path


def _is_site_served() -> bool:
    return validate_host(urlsplit(settings.SITE_URL).hostname or "", settings.ALLOWED_HOSTS)


def _is_key_of_the_other_mode() -> bool:
    other = "_test_" if settings.STRIPE_LIVE_MODE else "_live_"
    return other in settings.STRIPE_SECRET_KEY


def _is_open_to_the_wire(address: str, scheme: str) -> bool:
    return bool(address) and not address.startswith(f"{scheme}://")


RULES = (
    Rule(
        1,
        "The application connects as the owner of the tables.",
        "Give DATABASE_URL a role that may not change append-only tables (docs/decisions).",
        _one_role_for_both,
    ),
    Rule(
        2,
        "SECRET_KEY is short.",
        "Use at least 40 random characters.",
        lambda: len(settings.SECRET_KEY) < MIN_SECRET_LENGTH,
    ),
    Rule(3, "ALLOWED_HOSTS has a star.", "Name the hosts.", lambda: "*" in settings.ALLOWED_HOSTS),
    Rule(
        4,
        "The sandbox is installed.",
        "Simulators and demo logins belong to development alone.",
        lambda: "apps.sandbox" in settings.INSTALLED_APPS,
    ),
    Rule(
        5,
        "Pause points are on.",
        "They serve race tests alone.",
        lambda: bool(settings.PAUSE_POINTS_ENABLED),
    ),
    Rule(
        6,
        "Payments in live mode go over plain HTTP.",
        "Set STRIPE_API_BASE to an https address.",
        lambda: settings.STRIPE_LIVE_MODE and not settings.STRIPE_API_BASE.startswith("https://"),
    ),
    Rule(
        7,
        "No webhook secret is set.",
        "Set STRIPE_WEBHOOK_SECRETS, comma separated during a rotation.",
        lambda: not settings.STRIPE_WEBHOOK_SECRETS,
    ),
    Rule(
        8,
        "REDIS_URL is not the address of a server.",
        "Set redis:// or rediss:// without a database number.",
        lambda: not _is_redis_address(settings.REDIS_URL),
    ),
    Rule(
        9,
        "SITE_URL is not an https address.",
        "Letters and the payment provider lead buyers back to it.",
        lambda: _is_open_to_the_wire(settings.SITE_URL or "-", "https"),
    ),
    Rule(
        10,
        "SITE_URL names a host that is not served.",
        "Put its host into ALLOWED_HOSTS.",
        lambda: not _is_site_served(),
    ),
    Rule(
        11,
        "SECRET_KEY is one that the repository knows.",
        "It signs sessions, carts and orders: make a new one.",
        lambda: "-only-key-" in settings.SECRET_KEY,
    ),
    Rule(
        12,
        "STRIPE_SECRET_KEY is of the other mode.",
        "A test key goes with STRIPE_LIVE_MODE off, a live key with it on.",
        _is_key_of_the_other_mode,
    ),
    Rule(
        13,
        "MONITORING_TOKEN is short.",
        "Use at least 20 random characters, or leave it empty to keep the metrics shut.",
        lambda: 0 < len(settings.MONITORING_TOKEN) < MIN_TOKEN_LENGTH,
    ),
    Rule(
        14,
        "A proxy's word on https is believed, yet no proxy is counted.",
        "Set TRUSTED_PROXY_COUNT to the number of your own proxies: limits count addresses by it.",
        lambda: bool(settings.SECURE_PROXY_SSL_HEADER) and settings.TRUSTED_PROXY_COUNT < 1,
    ),
    Rule(
        15,
        "Pictures or live updates come over plain HTTP.",
        "Set MEDIA_ORIGIN to an https address and LIVE_URL to a wss one, or leave them empty.",
        lambda: (
            _is_open_to_the_wire(settings.MEDIA_ORIGIN, "https")
            or _is_open_to_the_wire(settings.LIVE_URL, "wss")
        ),
    ),
)


@register(Tags.security, deploy=True)
def production_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(rule.text, hint=rule.hint, id=f"karvon.E{rule.number:03}")
        for rule in RULES
        if rule.is_broken()
    ]
