"""The REST API: deny by default, JSON only, problem details for errors, OpenAPI by drf-spectacular."""

from marketplace.settings import env

# Schemes of our own apps: after paying, the buyer may be sent back to such an address.
APP_RETURN_SCHEMES = env.items("APP_RETURN_SCHEMES")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.api.authentication.AppSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.pagination.CursorPage",
    "PAGE_SIZE": 24,
    # Decided before the viewer is known, it would answer strangers with another status.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "apps.core.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Karvon API",
    "DESCRIPTION": "Catalogue, cart, checkout and orders of the marketplace.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}
