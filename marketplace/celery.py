"""Celery application: queues money, default, media and bulk; JSON only; late acknowledgement.

A worker keeps its connection to the database as a web process does, up to CONN_MAX_AGE; each task begins
by giving up one that is too old or no longer answers.
"""

import os
from typing import Any

from celery import Celery, signals
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.task_prerun.connect
def give_up_dead_connections(sender: Any, **_given: Any) -> None:
    # Celery's own way, a new connection for each task, is switched off by CELERY_DB_REUSE_MAX.
    if not sender.request.is_eager:
        close_old_connections()
