"""Types that cross the edge of logistics."""

from dataclasses import dataclass
from datetime import date

from apps.core.money import Money


@dataclass(frozen=True, slots=True)
class Parcel:
    """Units of one kind to be packed: weight of one in grams, sides of one in millimetres."""

    quantity: int
    weight_grams: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """One way to deliver one seller's goods. The price is in the tariff's currency."""

    kind: str
    carrier: str
    price: Money
    weight_grams: int
    promised_from: date
    promised_to: date


@dataclass(frozen=True, slots=True)
class FastestDelivery:
    """The best that a kind of delivery can do between two countries: days on the road, price."""

    kind: str
    days: int
    price: Money
