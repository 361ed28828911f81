"""Pages and API: one thread a worker, as many workers as cores. Kept pages are answered in front of it all."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")

_django = get_wsgi_application()
# Load every view now: otherwise the first visitor of each worker waits for it.
get_resolver().url_patterns  # noqa: B018

from apps.core.web.front import KeptPages  # noqa: E402  settings must be there first
from apps.logistics.selectors import forget_tariffs  # noqa: E402
from apps.pricing.selectors import forget_rates  # noqa: E402

application = KeptPages(_django, forgetters=(forget_rates, forget_tariffs))
