"""The desk: one shop as one member of its staff may work with it."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.errors import NotFound
from apps.core.viewer import Viewer
from apps.sellers.models import Seller, SellerMember
from apps.sellers.selectors import memberships
from apps.sellers.types import Power


@dataclass(frozen=True, slots=True)
class Desk:
    """`member` is the viewer's place in the shop's staff; `others` are the viewer's other shops."""

    member: SellerMember
    others: tuple[SellerMember, ...]

    @property
    def seller(self) -> Seller:
        return self.member.seller

    @property
    def is_approved(self) -> bool:
        return self.seller.activated_at is not None

    @property
    def is_suspended(self) -> bool:
        return self.seller.status in {Seller.Status.SUSPENDED, Seller.Status.CLOSED}

    @property
    def can_fulfil(self) -> bool:
        return self.member.may(Power.FULFIL_ORDERS)

    @property
    def can_change_stock(self) -> bool:
        return self.member.may(Power.CHANGE_STOCK)

    @property
    def can_change_offers(self) -> bool:
        return self.member.may(Power.CHANGE_OFFERS)

    @property
    def can_answer_reviews(self) -> bool:
        return self.member.may(Power.ANSWER_REVIEWS)

    @property
    def can_change_products(self) -> bool:
        return self.member.may(Power.CHANGE_PRODUCTS)

    @property
    def can_assign_keepers(self) -> bool:
        return self.member.may(Power.ASSIGN_KEEPERS)

    @property
    def can_see_money(self) -> bool:
        return self.member.may(Power.SEE_MONEY)

    @property
    def can_move_money(self) -> bool:
        return self.member.may(Power.MOVE_MONEY)

    @property
    def can_change_bank(self) -> bool:
        return self.member.may(Power.CHANGE_BANK)

    @property
    def can_manage_staff(self) -> bool:
        return self.member.may(Power.MANAGE_STAFF)


def desk_of(viewer: Viewer, seller_id: UUID) -> Desk:
    """Find the viewer's desk among all their shops. One query.

    :raises NotFound: the viewer is not of this shop's staff
    """
    own = memberships(viewer)
    member = next((member for member in own if member.seller_id == seller_id), None)
    if member is None:
        raise NotFound
    return Desk(member, tuple(other for other in own if other is not member))
