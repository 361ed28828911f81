"""Records: plain reference rows that staff keep, each change with its audit entry.

Only for tables without rules of their own; whatever has a life cycle or touches money has services.
"""

from typing import Any

from django.db import models, transaction

from apps.core.page_store import EVERYTHING, forget_pages
from apps.core.services import audit
from apps.core.viewer import Viewer


@transaction.atomic
def keep_record[M: models.Model](*, record: M, actor: Viewer, reason: str) -> M:
    """Insert or update one reference row and note what it was before; it may show on any public page."""
    kind = type(record)
    is_new = record._state.adding  # noqa: SLF001  Django's documented way to know
    earlier = None if is_new else kind._default_manager.filter(pk=record.pk).first()  # noqa: SLF001
    before = _values(earlier) if earlier else None
    record.save()
    after = _values(record)
    options = kind._meta  # noqa: SLF001  Django's documented model API
    audit.record(
        actor=actor,
        action=f"{options.app_label}.{options.model_name}_{'added' if is_new else 'changed'}",
        target_type=str(options.model_name),
        target_id=record.pk,
        before=before and {name: value for name, value in before.items() if value != after[name]},
        after={name: value for name, value in after.items() if not before or value != before[name]},
        reason=reason,
    )
    forget_pages(EVERYTHING)
    return record


def _values(record: models.Model) -> dict[str, Any]:
    found = {}
    for field in record._meta.concrete_fields:  # noqa: SLF001  Django's documented model API
        value = field.value_from_object(record)
        found[field.name] = (
            value if isinstance(value, (dict, list)) else field.value_to_string(record)
        )
    return found
