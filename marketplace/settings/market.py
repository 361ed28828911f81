"""The marketplace's own settings: name, currencies, terms, the payment provider."""

from typing import Any

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

# What one who may refund gives back of one order by all goodwill refunds together, by currency;
# above it, and in other currencies, only those who may refund any amount.
STAFF_REFUND_LIMITS_MINOR = {"UZS": 500_000_00, "RUB": 4_000_00, "USD": 40_00, "EUR": 40_00}

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
# The fees that were agreed with a provider, by its code: a rate in basis points of each charge and a
# fixed part by currency. A statement is compared with them (docs/payments.md); they are not booked.
PROVIDER_FEES: dict[str, dict[str, Any]] = {
    "stripe": {
        "bps": env.integer("STRIPE_FEE_BPS", 290),
        "fixed_minor": {"USD": 30, "EUR": 30, "RUB": 15_00, "UZS": 1_000_00},
    },
}

SEARCH_ENGINE = env.text("SEARCH_ENGINE", "apps.search.providers.postgres.PostgresEngine")
# Named pauses that widen race windows; only test settings turn them on.
PAUSE_POINTS_ENABLED = False
