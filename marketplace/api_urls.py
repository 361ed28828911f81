"""Routes of the REST API, version 1."""

from django.urls import include, path
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from apps.core.api.permissions import Public

app_name = "api"
urlpatterns = [
    path(
        "schema/",
        SpectacularAPIView.as_view(
            permission_classes=[Public], renderer_classes=[OpenApiJsonRenderer]
        ),
        name="schema",
    ),
    path("", include("apps.accounts.api.urls")),
    path("", include("apps.catalog.api.urls")),
    path("", include("apps.logistics.api.urls")),
    path("", include("apps.reviews.api.urls")),
    path("search/", include("apps.search.api.urls")),
    path("", include("apps.storefront.api.urls")),
    path("", include("apps.orders.api.urls")),
    path("", include("apps.documents.api.urls")),
    path("seller/", include("apps.seller_centre.api.urls")),
    path("", include("apps.courier_desk.api.urls")),
]
