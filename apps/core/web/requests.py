"""The request as our middleware hands it on."""

from django.http import HttpRequest

from apps.core.viewer import Viewer


class ShopRequest(HttpRequest):
    """Annotate views with this: the attributes are set by core.web.middleware."""

    request_id: str
    client_address: str
    viewer: Viewer
