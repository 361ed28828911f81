"""Lists by pages, newest first: UUIDv7 keys are in the order of their making, so no OFFSET is needed."""

from uuid import UUID

from django.db.models import Model, QuerySet


def newest_page[M: Model](
    rows: QuerySet[M], *, before: UUID | None, limit: int
) -> tuple[list[M], UUID | None]:
    """Return the newest `limit` rows older than `before`, and the id to ask the older ones with, or None.

    One query, and those that the queryset prefetches.
    """
    ordered = rows.order_by("-id")
    if before is not None:
        ordered = ordered.filter(id__lt=before)
    found = list(ordered[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
