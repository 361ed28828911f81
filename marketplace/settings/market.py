"""The marketplace's own settings: name, currencies, terms, the payment provider."""

from marketplace.settings import env

SITE_NAME = env.text("SITE_NAME", "Karvon")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", "help@karvon.example")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Karvon <no-reply@karvon.example>")

# The marketplace's own country: VAT on its commission and its delivery is of this country.
MARKET_COUNTRY = env.text("MARKET_COUNTRY", "UZ")
# Prices are compared and sorted in the base currency and shown in the shopper's.
BASE_CURRENCY = env.text("BASE_CURRENCY", "UZS")
SHOP_CURRENCIES = env.items("SHOP_CURRENCIES", "UZS,RUB,USD")
DEFAULT_CURRENCY_BY_LANGUAGE = {"en": "USD", "ru": "RUB", "uz": "UZS"}
DELIVERY_COUNTRIES = ("UZ", "RU")

LISTING_PAGE_SIZE = 24
RESERVATION_SECONDS = env.integer("RESERVATION_SECONDS", 15 * 60)
MAX_UNITS_PER_LINE = 99
MAX_CART_LINES = 100
QUOTE_SECONDS = 30 * 60

# Clocks of a paid order (docs/fulfilment.md): to confirm it; to send it, beyond the days that its
# offers promise; how late either may be before it is cancelled; until released money is available.
ORDER_CONFIRM_HOURS = env.integer("ORDER_CONFIRM_HOURS", 24)
ORDER_SHIP_HOURS = env.integer("ORDER_SHIP_HOURS", 48)
ORDER_LATE_HOURS = env.integer("ORDER_LATE_HOURS", 24)
SETTLEMENT_PENDING_HOURS = env.integer("SETTLEMENT_PENDING_HOURS", 48)

# Reviews (docs/reviews.md): whether staff read words and photos before they show; how long an author
# may change a review; how long after delivery the buyer is asked for one.
REVIEWS_PREMODERATION = env.flag("REVIEWS_PREMODERATION", default=True)
REVIEW_EDIT_DAYS = env.integer("REVIEW_EDIT_DAYS", 30)
REVIEW_INVITE_DAYS = env.integer("REVIEW_INVITE_DAYS", 3)

# Outbox relay.
OUTBOX_PARTITIONS = 8
OUTBOX_MAX_ATTEMPTS = 12

# Payments. Base addresses are settings so that the sandbox can stand at the other end.
PAYMENT_PROVIDER = env.text("PAYMENT_PROVIDER", "stripe")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRETS = env.items("STRIPE_WEBHOOK_SECRETS")
STRIPE_LIVE_MODE = env.flag("STRIPE_LIVE_MODE", default=False)
STRIPE_TIMEOUT_SECONDS = 30

SEARCH_ENGINE = env.text("SEARCH_ENGINE", "apps.search.providers.postgres.PostgresEngine")
# Named pauses that widen race windows; only test settings turn them on.
PAUSE_POINTS_ENABLED = False
