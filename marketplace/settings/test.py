"""Tests: real PostgreSQL and Valkey of their own, thrown away afterwards."""

import os

from marketplace.local_stack import ensure_test_stack

os.environ.setdefault("LOG_LEVEL", "ERROR")
ensure_test_stack()

from marketplace.settings import base  # noqa: E402
from marketplace.settings.base import *  # noqa: E402, F403  addresses must be in the environment first

SECRET_KEY = "test-only-key-of-a-throw-away-database-and-nothing-else"  # noqa: S105  not a secret
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
INSTALLED_APPS = [*base.INSTALLED_APPS, "apps.sandbox", "django_migration_linter"]
# The fastest hasher: what is tested is the flow, not the cost of a hash.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
STORAGES = base.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
WHITENOISE_AUTOREFRESH = True
PAUSE_POINTS_ENABLED = True

STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "http://127.0.0.1:8420")
STRIPE_SECRET_KEY = "sk_test_sandbox"  # noqa: S105  the sandbox's, not a secret
STRIPE_WEBHOOK_SECRETS = ["whsec_test_marketplace_0001"]
STRIPE_CONNECT_WEBHOOK_SECRETS = ["whsec_test_connect_0001"]

MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["account", "admin", "auth", "contenttypes", "sessions", "sites"],
    # The tables of the first release are empty when these run.
    "ignore_initial_migrations": True,
    "ignore_name": ["0002_guards"],
}
