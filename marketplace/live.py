"""Routing of the live process: WebSockets under /ws/, with an explicit list of origins."""

from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import path

from apps.orders.consumers import OrderGroupConsumer

websocket_routes = [
    path("ws/orders/<uuid:group_id>/", OrderGroupConsumer.as_asgi()),
]


def allowed_origins() -> list[str]:
    """The pages' own origin; behind nginx also every host that we serve."""
    site = urlsplit(settings.SITE_URL)
    hosts = [f"https://{host}" for host in settings.ALLOWED_HOSTS if host != "*"]
    return [f"{site.scheme}://{site.netloc}", *hosts]


def build_application() -> Any:
    return ProtocolTypeRouter(
        {
            "websocket": OriginValidator(
                AuthMiddlewareStack(URLRouter(websocket_routes)), allowed_origins()
            )
        }
    )
