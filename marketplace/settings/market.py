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
# The cookies that a public page differs by, with the values that count.
PUBLIC_PAGE_COOKIES = {"currency": SHOP_CURRENCIES}
DEFAULT_CURRENCY_BY_LANGUAGE = {"en": "USD", "ru": "RUB", "uz": "UZS"}
DELIVERY_COUNTRIES = ("UZ", "RU")

LISTING_PAGE_SIZE = 24
RESERVATION_SECONDS = env.integer("RESERVATION_SECONDS", 15 * 60)
MAX_UNITS_PER_LINE = 99
MAX_CART_LINES = 100
QUOTE_SECONDS = 30 * 60
# How long a dearer way of a paid order can be paid for, once its buyer confirmed it.
ADDRESS_PAYMENT_SECONDS = env.integer("ADDRESS_PAYMENT_SECONDS", 30 * 60)

# Clocks of a paid order (docs/fulfilment.md): to confirm it; to send it, beyond the days that its
# offers promise; how late either may be before it is cancelled; until released money is available.
ORDER_CONFIRM_HOURS = env.integer("ORDER_CONFIRM_HOURS", 24)
ORDER_SHIP_HOURS = env.integer("ORDER_SHIP_HOURS", 48)
ORDER_LATE_HOURS = env.integer("ORDER_LATE_HOURS", 24)
SETTLEMENT_PENDING_HOURS = env.integer("SETTLEMENT_PENDING_HOURS", 48)

# Clocks of returns and disputes (docs/returns.md): how long goods are taken back where their category
# says nothing; the seller's answer; sending back; the way; looking at it; a dispute after a refusal;
# a dispute after delivery; the seller's answer to it.
RETURN_DAYS = env.integer("RETURN_DAYS", 14)
RETURN_ANSWER_HOURS = env.integer("RETURN_ANSWER_HOURS", 48)
RETURN_SEND_DAYS = env.integer("RETURN_SEND_DAYS", 10)
RETURN_TRANSIT_DAYS = env.integer("RETURN_TRANSIT_DAYS", 14)
RETURN_INSPECT_HOURS = env.integer("RETURN_INSPECT_HOURS", 72)
RETURN_APPEAL_DAYS = env.integer("RETURN_APPEAL_DAYS", 7)
DISPUTE_DAYS = env.integer("DISPUTE_DAYS", 30)
DISPUTE_ANSWER_HOURS = env.integer("DISPUTE_ANSWER_HOURS", 72)

# What one who may refund gives back of one order by all goodwill refunds together, by currency;
# above it, and in other currencies, only those who may refund any amount.
STAFF_REFUND_LIMITS_MINOR = {"UZS": 500_000_00, "RUB": 4_000_00, "USD": 40_00, "EUR": 40_00}

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
# Events of sellers' accounts come to an address of their own and are signed with its secret.
STRIPE_CONNECT_WEBHOOK_SECRETS = env.items("STRIPE_CONNECT_WEBHOOK_SECRETS")
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

# Payouts (docs/payouts.md), in minor units: the least sum; above which staff approve (a currency that
# is not named is always approved by staff); how long a new bank account waits; when money usually is there.
PAYOUT_MINIMUM = {"UZS": 50_000_00, "RUB": 500_00, "USD": 10_00, "EUR": 10_00, "KZT": 2_500_00}
PAYOUT_APPROVAL_OVER = {
    "UZS": 50_000_000_00,
    "RUB": 300_000_00,
    "USD": 4_000_00,
    "EUR": 4_000_00,
    "KZT": 2_000_000_00,
}
PAYOUT_ACCOUNT_HOLD_HOURS = env.integer("PAYOUT_ACCOUNT_HOLD_HOURS", 72)
PAYOUT_ARRIVAL_DAYS = env.integer("PAYOUT_ARRIVAL_DAYS", 3)

SEARCH_ENGINE = env.text("SEARCH_ENGINE", "apps.search.providers.postgres.PostgresEngine")
# Named pauses that widen race windows; only test settings turn them on.
PAUSE_POINTS_ENABLED = False
