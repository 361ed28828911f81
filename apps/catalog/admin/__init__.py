"""The catalogue's part of the back office."""

from apps.catalog.admin import cards, goods, products, seller_cards, tree

__all__ = ["cards", "goods", "products", "seller_cards", "tree"]
