# syntax=docker/dockerfile:1
# One image for every process of the shop; docker-compose.yml or the orchestrator names the command.
FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN pip install uv==0.13.9
COPY requirements/prod.txt .
RUN uv venv /venv && uv pip install --python /venv/bin/python --require-hashes -r prod.txt

FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=marketplace.settings.prod VAR_DIR=/var/lib/karvon
# What WeasyPrint draws documents with.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/karvon --create-home karvon
COPY --from=build /venv /venv
WORKDIR /srv/karvon
COPY --chown=root:root . .
# Fonts, messages and hashed static files are part of the image; the values below open nothing.
RUN SECRET_KEY=build-time-only ALLOWED_HOSTS=build DATABASE_URL=postgresql://a@build/a \
    DATABASE_OWNER_URL=postgresql://b@build/b REDIS_URL=redis://build STRIPE_SECRET_KEY=build \
    STRIPE_WEBHOOK_SECRETS=build python manage.py prepare && chown -R karvon /var/lib/karvon
# Karvon, by number: an orchestrator can tell that it is not root.
USER 10001
EXPOSE 8000
# Asked under the shop's own name: to another the application answers 400.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/ping', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=2)"]
CMD ["granian", "marketplace.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "1", "--http", "1", "--no-ws", "--respawn-failed-workers", "--workers-lifetime", "21600", "--log-level", "warning"]
