"""Incidents: a person looked at what contradicts the books, and says what came of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.models import Incident


class IncidentResolved(DomainError):
    code = "payments.incident_resolved"
    message = _("This incident was resolved before.")


@transaction.atomic
def resolve_incident(*, incident_id: int, actor: Viewer, reason: str, now: datetime) -> Incident:
    """Close an incident; no money moves by it.

    :raises IncidentResolved: somebody was quicker
    """
    incident = Incident.objects.select_for_update(of=("self",)).get(id=incident_id)
    if incident.resolved_at is not None:
        raise IncidentResolved
    incident.resolved_at = now
    incident.save(update_fields=["resolved_at"])
    audit.record(
        actor=actor,
        action="payments.incident_resolved",
        target_type="incident",
        target_id=incident.id,
        reason=reason,
    )
    return incident
