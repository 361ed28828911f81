"""The rank of what logistics locks (core.locks): a shipment's row guards its items, events and tasks."""

from apps.core.locks import Rank

SHIPMENT = Rank.R70
