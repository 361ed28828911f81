"""Codes in words and links to rows, for the back office's own pages."""

from typing import Any

from django import template

from apps.core.kinds import linked
from apps.core.readable import plain

register = template.Library()


@register.filter
def words(row: Any, name: str) -> str:
    """`row|words:"kind"`: a field's code as lists write it."""
    return plain(row, name)


@register.filter
def owner(account: Any) -> str:
    """Lead to whose an account of the ledger is."""
    return linked(account.owner_type, account.owner_id)
