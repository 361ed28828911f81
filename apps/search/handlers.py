"""Follow the cards of catalog."""

from apps.catalog.events import ListingCardChanged
from apps.core.outbox import handles
from apps.search.services import follow_card


@handles(ListingCardChanged, is_latest_enough=True)
def index_changed_card(event: ListingCardChanged) -> None:
    follow_card(product_id=event.product_id, version=event.version, page_tags=event.page_tags)
