"""One machine: real servers from wheels where no addresses are given, the sandbox, the demo world."""

import os
from pathlib import Path

from marketplace.local_stack import ensure_stack

os.environ.setdefault("LOG_FORMAT", "console")
ensure_stack()

from marketplace.settings import base, env  # noqa: E402
from marketplace.settings.base import *  # noqa: E402, F403  addresses must be in the environment first

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = "development-only-key-that-opens-nothing-outside-this-machine"  # noqa: S105  not a secret
ALLOWED_HOSTS = ["*"]
# SITE_URL and LIVE_URL come from the demo's supervisor.
CSRF_TRUSTED_ORIGINS = [base.SITE_URL]
INSTALLED_APPS = [*base.INSTALLED_APPS, "apps.sandbox"]
MAILERS = {"default": {"BACKEND": "apps.sandbox.mailbox.DemoMailboxBackend"}}
SESSION_COOKIE_SECURE = False

# The orders that the demo is seeded with were paid without the sandbox: no statement holds them.
CELERY_BEAT_SCHEDULE = {
    name: entry for name, entry in base.CELERY_BEAT_SCHEDULE.items() if name != "reconcile-provider"
}

STRIPE_API_BASE = env.text("STRIPE_API_BASE", "http://127.0.0.1:8420")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "sk_test_sandbox")
STRIPE_WEBHOOK_SECRETS = env.items("STRIPE_WEBHOOK_SECRETS", "whsec_sandbox_demo")
# Where the sandboxes keep what they know, for the demo's world to be made beside them.
SANDBOX_FOLDER = Path(env.text("VAR_DIR", str(base.BASE_DIR / "var"))) / "sandbox"
STRIPE_CONNECT_WEBHOOK_SECRETS = env.items(
    "STRIPE_CONNECT_WEBHOOK_SECRETS", "whsec_sandbox_connect_demo"
)
