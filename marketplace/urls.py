"""All routes: machines first, then the API, then pages under a language prefix."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.static import serve

from apps.storefront.web import errors, language

urlpatterns = [
    path("", include("apps.core.urls")),
    path("", include("apps.payments.urls")),
    path("api/v1/", include("marketplace.api_urls")),
    # There is no sign-in by phone; the package's own view would fail here.
    path("_allauth/app/v1/account/phone", csrf_exempt(errors.not_found)),
    path("_allauth/", include("allauth.headless.urls")),
    path("backoffice/", admin.site.urls),
    path("", language.root, name="root"),
]
urlpatterns += i18n_patterns(
    path("account/", include("allauth.urls")),
    path("", include("apps.courier_desk.urls")),
    path("seller/", include("apps.seller_centre.urls")),
    path("", include("apps.storefront.urls")),
)
if "apps.sandbox" in settings.INSTALLED_APPS:
    urlpatterns += [
        path("", include("apps.sandbox.urls")),
        path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    ]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
