"""Rebuild a card when something that it shows has changed."""

from apps.catalog.events import CardSourceChanged
from apps.catalog.services.cards import rebuild_card
from apps.core import clock
from apps.core.outbox import handles


@handles(CardSourceChanged)
def rebuild_changed_card(event: CardSourceChanged) -> None:
    rebuild_card(product_id=event.product_id, now=clock.now())
