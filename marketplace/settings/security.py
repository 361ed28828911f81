"""Perimeter: CSP without inline code, cookies, headers."""

from django.utils.csp import CSP

from marketplace.settings import env

SECRET_KEY = env.text("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

# The live process; empty means "same host as the page". It feeds connect-src and the socket's origin check.
LIVE_URL = env.text("LIVE_URL", "")
MEDIA_ORIGIN = env.text("MEDIA_ORIGIN", "")
# Bearer token that opens /metrics and the detail of /health/; empty keeps both shut.
MONITORING_TOKEN = env.text("MONITORING_TOKEN", "")

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *([MEDIA_ORIGIN] if MEDIA_ORIGIN else [])],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF, *([LIVE_URL] if LIVE_URL else [])],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.storefront.web.errors.csrf_failure"
SILENCED_SYSTEM_CHECKS: list[str] = []
