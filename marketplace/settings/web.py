"""Routes, templates, static and media files, sessions."""

from pathlib import Path

import font_source_sans_pro

from marketplace.settings import env

_ROOT = Path(__file__).resolve().parents[2]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
ASGI_APPLICATION = "marketplace.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "apps.storefront.context.shop",
            ],
            "builtins": ["apps.core.templatetags.formats", "apps.core.templatetags.kept"],
            "libraries": {"lucide": "apps.core.templatetags.icons"},
        },
    },
]

VAR_DIR = Path(env.text("VAR_DIR", str(_ROOT / "var")))
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# The font is subset by `manage.py build_fonts` into var/fonts.
FONT_SOURCE_DIR = Path(font_source_sans_pro.__file__).parent / "files"
FONT_BUILD_DIR = VAR_DIR / "fonts"
FONT_BUILD_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [_ROOT / "static", ("fonts", FONT_BUILD_DIR)]
STATICFILES_FINDERS = [
    "apps.core.staticfiles.StyleBundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# The shop's own stylesheet is one file made of these; pages add theirs (css/pages/) by a link.
STYLE_SOURCE_DIR = _ROOT / "static" / "css"
STYLE_BUILD_DIR = VAR_DIR / "styles"
STYLE_BUNDLE_SOURCES = ["tokens.css", "base.css", "components/*.css", "frame/*.css"]
MEDIA_URL = env.text("MEDIA_URL", "/media/")
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Pictures of returns and disputes, receipts, statements, labels: no address leads there, views that
    # check who asks hand them out.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "base_url": None},
    },
    "staticfiles": {"BACKEND": "apps.core.staticfiles.HashedStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
