"""Production: nothing has a default that would be unsafe; apps.core.checks refuses the rest."""

from typing import Any

from marketplace.settings import base, env
from marketplace.settings.base import *  # noqa: F403

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.required_items("ALLOWED_HOSTS")
DATABASES = {
    "default": env.database(env.text("DATABASE_URL")),
    "owner": env.database(env.text("DATABASE_OWNER_URL")),
}
REDIS_URL = env.text("REDIS_URL")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS = env.required_items("STRIPE_WEBHOOK_SECRETS")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^ping$", r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

if bucket := env.text("S3_BUCKET", ""):
    _ACCOUNT = {
        "endpoint_url": env.text("S3_ENDPOINT_URL", "") or None,
        "access_key": env.text("S3_ACCESS_KEY"),
        "secret_key": env.text("S3_SECRET_KEY"),
        "default_acl": None,
        "file_overwrite": False,
    }
    STORAGES: dict[str, dict[str, Any]] = base.STORAGES | {  # type: ignore[no-redef]  # deepens the base
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": _ACCOUNT
            | {
                "bucket_name": bucket,
                "custom_domain": env.text("S3_PUBLIC_DOMAIN", "") or None,
                "querystring_auth": False,
                "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
            },
        },
        # Evidence and documents: nobody but the shop reads this bucket. A document is rendered again
        # from its facts under one key, so a key may be written twice.
        "private": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": _ACCOUNT
            | {
                "bucket_name": env.text("S3_PRIVATE_BUCKET", "") or f"{bucket}-private",
                "file_overwrite": True,
                "object_parameters": {"CacheControl": "private, no-store"},
            },
        },
    }
