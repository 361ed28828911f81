"""Languages, time and formats."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

_ROOT = Path(__file__).resolve().parents[2]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian")), ("uz", _("Uzbek"))]
# The second folder fills the gaps of packages; makemessages writes to the first alone.
LOCALE_PATHS = [_ROOT / "locale", _ROOT / "marketplace" / "borrowed_locale"]
FORMAT_MODULE_PATH = ["marketplace.formats"]
# Content in a language that is missing falls back along this order.
CONTENT_LANGUAGE_FALLBACK = ("en", "ru", "uz")
TIME_ZONE = "Asia/Tashkent"
USE_I18N = True
USE_TZ = True
