"""Load many products at once: what create_product, create_offer and move_stock do, by COPY.

Invariant: the same rows come out as from those services: a price row per price, a movement per
stock row, one audit entry for the load. What was loaded before (by source and its id) is left alone.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.catalog.services.loading import checks, writing
from apps.catalog.services.loading.drafts import OfferDraft, ProductLoad
from apps.core.errors import InvalidInput
from apps.core.page_store import EVERYTHING, forget_pages
from apps.core.services import audit
from apps.core.viewer import Viewer

__all__ = ["LoadRefused", "OfferDraft", "ProductLoad", "load_products"]


class LoadRefused(InvalidInput):
    """`rows` holds (source id, what is wrong with it) of every product that cannot be loaded."""

    code = "catalog.load_refused"
    message = _("%(count)s of these products cannot be loaded; the first is %(first)s.")

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self.rows = list(rows)
        super().__init__(count=len(rows), first=": ".join(rows[0]))


@transaction.atomic
def load_products(
    *, source: str, loads: Sequence[ProductLoad], actor: Viewer, now: datetime
) -> dict[str, UUID]:
    """Create and publish the products that `source` has not given yet; return {source id: id} of those.

    Cards are built and kept pages forgotten; no event is emitted: whoever loads in bulk has the search
    index rebuilt in bulk afterwards. A thousand or two at a time use the memory of one batch.

    :raises LoadRefused: something is wrong with some of them; nothing is loaded
    """
    known = set(
        Product.objects.filter(
            source=source, source_id__in=[load.draft.source_id for load in loads]
        ).values_list("source_id", flat=True)
    )
    fresh = [load for load in loads if load.draft.source_id not in known]
    if not fresh:
        return {}
    if wrong := checks.faults(fresh):
        raise LoadRefused(wrong)
    ids = writing.write(source=source, loads=fresh, now=now)
    audit.record(
        actor=actor,
        action="catalog.products_loaded",
        target_type="source",
        target_id=source,
        after={"products": len(ids)},
    )
    forget_pages(EVERYTHING)
    return ids
