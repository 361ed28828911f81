"""Follow the cards of catalog."""

from apps.catalog.events import ListingCardChanged
from apps.core.outbox import handles
from apps.core.page_store import forget_pages
from apps.search.services import follow_card


@handles(ListingCardChanged, is_latest_enough=True)
def index_changed_card(event: ListingCardChanged) -> None:
    follow_card(product_id=event.product_id, version=event.version)
    # Again: what was read between the card's commit and this one was found by the old index.
    forget_pages(*event.page_tags)
