"""System checks that refuse a wrong deployment (`check --deploy`)."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

MIN_SECRET_LENGTH = 40


@register(Tags.security, deploy=True)
def production_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []

    def refuse(condition: bool, number: int, text: str, hint: str) -> None:  # noqa: FBT001
        if condition:
            problems.append(Error(text, hint=hint, id=f"karvon.E{number:03}"))

    databases = settings.DATABASES
    refuse(
        databases["default"].get("USER") == databases["owner"].get("USER"),
        1,
        "The application connects as the owner of the tables.",
        "Give DATABASE_URL a role that may not change append-only tables (docs/decisions).",
    )
    refuse(
        len(settings.SECRET_KEY) < MIN_SECRET_LENGTH,
        2,
        "SECRET_KEY is short.",
        "Use at least 40 random characters.",
    )
    refuse("*" in settings.ALLOWED_HOSTS, 3, "ALLOWED_HOSTS has a star.", "Name the hosts.")
    refuse(
        "apps.sandbox" in settings.INSTALLED_APPS,
        4,
        "The sandbox is installed.",
        "Simulators and demo logins belong to development alone.",
    )
    refuse(settings.PAUSE_POINTS_ENABLED, 5, "Pause points are on.", "They serve race tests alone.")
    refuse(
        settings.STRIPE_LIVE_MODE and not settings.STRIPE_API_BASE.startswith("https://"),
        6,
        "Payments in live mode go over plain HTTP.",
        "Set STRIPE_API_BASE to an https address.",
    )
    refuse(
        not settings.STRIPE_WEBHOOK_SECRETS,
        7,
        "No webhook secret is set.",
        "Set STRIPE_WEBHOOK_SECRETS, comma separated during a rotation.",
    )
    refuse(
        "redis://" not in settings.REDIS_URL and "rediss://" not in settings.REDIS_URL,
        8,
        "REDIS_URL is missing.",
        "Set redis:// or rediss:// without a database number.",
    )
    return problems
