"""Papers of a parcel: the packing slip and the label, made when the seller asks.

Invariant: asking twice for the same thing gives the same document; when what is to be packed has changed,
a new one is written and the old one stays.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import advisory_lock
from apps.core.viewer import Viewer
from apps.documents.facts import label_facts, parcel_slip_facts, unsent_slip_facts
from apps.documents.models import Document
from apps.documents.rules import facts_digest
from apps.documents.services.filing import request_rendering
from apps.documents.types import DocumentKind
from apps.logistics.models import Shipment
from apps.orders.models import Order
from apps.orders.selectors_sellers import seller_order
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power


class NothingToPack(DomainError):
    code = "documents.nothing_to_pack"
    message = _("Everything of this order is sent.")


@transaction.atomic
def make_packing_slip(
    *, order_id: UUID, shipment_id: UUID | None, language: str, actor: Viewer, now: datetime
) -> Document:
    """Return the packing slip of a parcel, or of what is still to be packed. Emits RenderingRequested.

    :raises NotFound: the actor does not pack this order, or the parcel is not of it
    :raises NothingToPack: no parcel is named and nothing is left
    """
    order = _packed_by(actor, order_id)
    if shipment_id is None:
        facts = unsent_slip_facts(order)
        if not facts["lines"]:
            raise NothingToPack
        subject = ("order", order.id)
    else:
        facts = parcel_slip_facts(order, _shipment_of(order, shipment_id))
        subject = ("shipment", shipment_id)
    return _write(DocumentKind.PACKING_SLIP, subject, order, facts, language, now)


@transaction.atomic
def make_label(
    *, order_id: UUID, shipment_id: UUID, language: str, actor: Viewer, now: datetime
) -> Document:
    """Return the label of a parcel. Emits RenderingRequested.

    :raises NotFound: the actor does not pack this order, or the parcel is not of it
    """
    order = _packed_by(actor, order_id)
    facts = label_facts(order, _shipment_of(order, shipment_id))
    return _write(DocumentKind.LABEL, ("shipment", shipment_id), order, facts, language, now)


def _packed_by(actor: Viewer, order_id: UUID) -> Order:
    order = seller_order(actor, order_id).order
    get_membership(actor, order.seller_id, Power.FULFIL_ORDERS)
    return order


def _shipment_of(order: Order, shipment_id: UUID) -> Shipment:
    found = Shipment.objects.filter(id=shipment_id, reference_id=order.id)
    shipment = found.select_related("pickup_point").first()
    if shipment is None:
        raise NotFound
    return shipment


def _write(
    kind: DocumentKind,
    subject: tuple[str, UUID],
    order: Order,
    facts: dict[str, Any],
    language: str,
    now: datetime,
) -> Document:
    advisory_lock("documents", kind, subject[1])
    digest = facts_digest(facts)
    document, _is_new = Document.objects.get_or_create(
        kind=kind,
        subject_id=subject[1],
        facts_sha256=digest,
        defaults={
            "number": facts["parcel"] or facts["order"],
            "subject_type": subject[0],
            "seller_id": order.seller_id,
            "order": order,
            "currency": "",
            "language": language,
            "facts": facts,
            "issued_at": now,
        },
    )
    request_rendering(document=document, language=language, now=now)
    return document
