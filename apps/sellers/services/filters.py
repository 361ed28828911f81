"""Saved filters: a member keeps a way of looking at a list under a name of its own."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.viewer import Viewer
from apps.sellers.models import SavedFilter, SellerMember
from apps.sellers.selectors import get_membership

MAX_FILTERS, NAME_LENGTH, QUERY_LENGTH = 20, 60, 300


class TooManyFilters(DomainError):
    code = "sellers.too_many_filters"
    message = _("You can keep %(maximum)s filters. Delete one first.")


class FilterInvalid(InvalidInput):
    code = "sellers.filter_invalid"
    message = _("Give the filter a name of %(maximum)s characters at most.")


@transaction.atomic
def save_filter(
    *, seller_id: UUID, page: str, name: str, query: str, actor: Viewer, now: datetime
) -> SavedFilter:
    """Keep a filter; the same name is written over.

    :raises NotFound: the actor is not of this seller's staff
    :raises FilterInvalid, TooManyFilters: see the classes
    """
    member = _locked(actor, seller_id)
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH or "\x00" in name + query or len(query) > QUERY_LENGTH:
        raise FilterInvalid(maximum=NAME_LENGTH)
    rows = SavedFilter.objects.filter(member=member, page=page)
    if rows.exclude(name=name).count() >= MAX_FILTERS:
        raise TooManyFilters(maximum=MAX_FILTERS)
    saved, _created = SavedFilter.objects.update_or_create(
        member=member, page=page, name=name, defaults={"query": query, "added_at": now}
    )
    return saved


@transaction.atomic
def delete_filter(*, seller_id: UUID, filter_id: int, actor: Viewer) -> None:
    """:raises NotFound: it is not the actor's own"""
    member = _locked(actor, seller_id)
    deleted, _kinds = SavedFilter.objects.filter(member=member, id=filter_id).delete()
    if not deleted:
        raise NotFound


def _locked(actor: Viewer, seller_id: UUID) -> SellerMember:
    member = get_membership(actor, seller_id)
    return SellerMember.objects.select_for_update(of=("self",), no_key=True).get(id=member.id)
