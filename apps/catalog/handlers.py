"""Rebuild cards when something that they show has changed; end grants with the role they were given to."""

from apps.catalog.events import CardSourceChanged
from apps.catalog.services.cards import rebuild_card
from apps.catalog.services.keepers import drop_orphan_grants
from apps.catalog.services.products import follow_seller
from apps.core import clock
from apps.core.outbox import handles
from apps.sellers.events import SellerMemberChanged, SellerStatusChanged


@handles(CardSourceChanged, is_latest_enough=True)
def rebuild_changed_card(event: CardSourceChanged) -> None:
    rebuild_card(product_id=event.product_id, now=clock.now())


@handles(SellerMemberChanged)
def end_grants_of_changed_member(event: SellerMemberChanged) -> None:
    drop_orphan_grants(now=clock.now())


@handles(SellerStatusChanged)
def follow_changed_seller(event: SellerStatusChanged) -> None:
    follow_seller(seller_id=event.seller_id)
