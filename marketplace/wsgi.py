"""Pages and API: one thread a worker, as many workers as cores."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")

application = get_wsgi_application()
