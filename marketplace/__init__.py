"""The project: settings, routes and processes. It wires every app and is imported by none."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
