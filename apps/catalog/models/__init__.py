"""Tables of the catalogue: the tree, products, stock, offers, cards, shoppers' lists."""

from apps.catalog.models.bulk import BulkChange, BulkRow
from apps.catalog.models.cards import ComparisonRate, ListingCard
from apps.catalog.models.drafts import CardDecision, CardDraft, DraftPicture
from apps.catalog.models.keepers import WarehouseKeeper
from apps.catalog.models.offers import Offer, OfferComponent, OfferPrice
from apps.catalog.models.products import (
    Brand,
    Product,
    ProductImage,
    ProductText,
    Variant,
    VariantCode,
)
from apps.catalog.models.shelves import Favorite, ViewedProduct
from apps.catalog.models.stock import (
    InventoryItem,
    Reservation,
    Stock,
    StockMovement,
    Warehouse,
)
from apps.catalog.models.tree import (
    Attribute,
    AttributeOption,
    Category,
    CategoryAttribute,
    CategoryText,
)

__all__ = [
    "Attribute",
    "AttributeOption",
    "Brand",
    "BulkChange",
    "BulkRow",
    "CardDecision",
    "CardDraft",
    "Category",
    "CategoryAttribute",
    "CategoryText",
    "ComparisonRate",
    "DraftPicture",
    "Favorite",
    "InventoryItem",
    "ListingCard",
    "Offer",
    "OfferComponent",
    "OfferPrice",
    "Product",
    "ProductImage",
    "ProductText",
    "Reservation",
    "Stock",
    "StockMovement",
    "Variant",
    "VariantCode",
    "ViewedProduct",
    "Warehouse",
    "WarehouseKeeper",
]
