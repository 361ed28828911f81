"""The live process: WebSockets under /ws/ and nothing else."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")

django_application = get_asgi_application()

from marketplace.live import build_application  # noqa: E402  the app registry must be loaded first

application = build_application()
