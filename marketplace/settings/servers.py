"""PostgreSQL (two roles), Redis, Celery, Channels, mail."""

from celery.schedules import crontab
from kombu import Queue

from marketplace.settings import env

_DATABASE_URL = env.text("DATABASE_URL", "")
_OWNER_URL = env.text("DATABASE_OWNER_URL", _DATABASE_URL)
# "default" is the application's role: it may not change append-only tables.
# "owner" owns the tables; only migrations connect as it.
DATABASES = {
    "default": env.database(_DATABASE_URL) if _DATABASE_URL else {},
    "owner": env.database(_OWNER_URL) | {"TEST": {"MIRROR": "default"}} if _OWNER_URL else {},
}
DATABASE_ROUTERS = ["apps.core.routers.OneDatabaseRouter"]

REDIS_URL = env.text("REDIS_URL", "")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": f"{REDIS_URL}/0",
        "KEY_PREFIX": "karvon",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.2},
    },
}
# A lost Redis must not turn pages into errors.
DJANGO_REDIS_IGNORE_EXCEPTIONS = True
RATE_LIMIT_REDIS_URL = f"{REDIS_URL}/1"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [f"{REDIS_URL}/2"], "prefix": "karvon"},
    },
}

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", f"{REDIS_URL}/3")
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
# Never by Celery: marketplace/celery.py gives up connections by their age and health.
CELERY_DB_REUSE_MAX = 1_000_000_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"confirm_publish": True}
    if CELERY_BROKER_URL.startswith("amqp")
    else {"visibility_timeout": 3600}
)
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_max": 0.5}
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_DEFAULT_QUEUE = "default"
_QUEUE_ARGUMENTS = (
    {"x-queue-type": "quorum", "x-delivery-limit": 5}
    if CELERY_BROKER_URL.startswith("amqp")
    else None
)
CELERY_TASK_QUEUES = [
    Queue(name, queue_arguments=_QUEUE_ARGUMENTS) for name in ("money", "default", "media", "bulk")
]
CELERY_WORKER_DETECT_QUORUM_QUEUES = True
CELERY_TASK_ROUTES = {
    "apps.payments.tasks.*": {"queue": "money"},
    "apps.orders.tasks.close_payment_page": {"queue": "money"},
    "apps.search.tasks.refresh_words": {"queue": "bulk"},
    "apps.documents.tasks.render": {"queue": "media"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "expire-reservations": {"task": "apps.orders.tasks.expire_unpaid", "schedule": 15.0},
    "cancel-late-orders": {"task": "apps.orders.tasks.cancel_late", "schedule": 60.0},
    "release-due-orders": {"task": "apps.orders.tasks.release_due", "schedule": 60.0},
    "move-due-cases": {"task": "apps.orders.tasks.move_due_cases", "schedule": 60.0},
    "settle-unknown-payments": {"task": "apps.payments.tasks.settle_unknown", "schedule": 30.0},
    "make-payouts-available": {
        "task": "apps.payments.tasks.make_due_available",
        "schedule": 60.0,
    },
    "settle-payouts": {"task": "apps.payments.tasks.settle_payouts", "schedule": 30.0},
    "run-payout-schedules": {
        "task": "apps.payments.tasks.run_payout_schedules",
        "schedule": 60.0,
    },
    "reconcile-provider": {
        "task": "apps.payments.tasks.reconcile_provider",
        "schedule": crontab(hour=3, minute=10),
    },
    "seal-journals": {"task": "apps.core.tasks.seal_audit", "schedule": 60.0},
    "seal-ledger": {"task": "apps.payments.tasks.seal_ledger", "schedule": 60.0},
    "send-review-invitations": {
        "task": "apps.reviews.tasks.send_invitations",
        "schedule": 300.0,
    },
    "drop-loose-review-photos": {
        "task": "apps.reviews.tasks.drop_loose_photos",
        "schedule": 3600.0,
    },
    "return-overdue-parcels": {"task": "apps.logistics.tasks.return_overdue", "schedule": 300.0},
    "forget-courier-positions": {
        "task": "apps.logistics.tasks.forget_positions",
        "schedule": 3600.0,
    },
    "issue-missing-receipts": {
        "task": "apps.documents.tasks.issue_missing_receipts",
        "schedule": 600.0,
    },
    "issue-statements": {"task": "apps.documents.tasks.issue_statements", "schedule": 3600.0},
    "drop-expired-idempotency": {"task": "apps.core.tasks.drop_expired", "schedule": 3600.0},
    "sweep-warehouse-grants": {"task": "apps.catalog.tasks.sweep_grants", "schedule": 3600.0},
    "count-search-words": {"task": "apps.search.tasks.refresh_words", "schedule": 3600.0},
}

MAILERS = {
    "default": {
        "BACKEND": "apps.notifications.smtp.KeptConnectionBackend",
        "OPTIONS": {
            "host": env.text("SMTP_HOST", "localhost"),
            "port": env.integer("SMTP_PORT", 25),
            "username": env.text("SMTP_USER", ""),
            "password": env.text("SMTP_PASSWORD", ""),
            "use_tls": env.flag("SMTP_TLS", default=False),
            "timeout": 10,
        },
    },
}
