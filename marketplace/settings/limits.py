"""Rate limits in one table: name -> (requests, seconds). See reliability notes in docs/decisions."""

from marketplace.settings import env

RATE_LIMITS = {
    # Pages, per address.
    "page": (600, 60),
    # API and every write: per address for the anonymous, per account for the known.
    "anonymous_write": (100, 60),
    "known_write": (100, 60),
    "known_address": (600, 60),
    "suggest": (300, 60),
    "sign_in": (30, 900),
    # A provider sends from few addresses, and in storms: three times what R15 asks for has to get in.
    "webhook": (30_000, 60),
    # Handover codes that one clerk of a pickup point may look for.
    "handover_search": (30, 300),
    # Reviews, answers and votes that one account sends; photos that it uploads.
    "review": (60, 3600),
    "review_photo": (60, 3600),
    # Pictures that the staff of one shop may send.
    "seller_pictures": (600, 3600),
}
# Pictures that one shop may keep in its cards.
SELLER_PICTURES_MAX = env.integer("SELLER_PICTURES_MAX", 20_000)
# Hops of our own proxies in front of the application; 0 trusts no forwarding header.
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Public pages that are kept at once, in the Redis of the limiter: some 15 kB each (docs/caching.md).
PUBLIC_PAGES_MAX = env.integer("PUBLIC_PAGES_MAX", 5_000)
