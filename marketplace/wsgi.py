"""Pages and API: one thread a worker, as many workers as cores."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")

application = get_wsgi_application()
# Load every view now: otherwise the first visitor of each worker waits for it.
get_resolver().url_patterns  # noqa: B018
