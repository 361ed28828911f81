"""How often one account may write, vote and upload (settings.RATE_LIMITS)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core import rate_limit
from apps.core.errors import DomainError, NotFound
from apps.core.viewer import Viewer


class TooOften(DomainError):
    code = "rate_limited"
    message = _("Too many requests. Wait %(seconds)s seconds and try again.")
    http_status = 429

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.retry_after_seconds = params["seconds"]


def count_review(viewer: Viewer) -> None:
    """:raises TooOften: this account wrote and voted much in the last hour"""
    _count("review", viewer)


def count_photo(viewer: Viewer) -> None:
    """:raises TooOften: this account uploaded much in the last hour"""
    _count("review_photo", viewer)


def _count(rule: str, viewer: Viewer) -> None:
    if viewer.user_id is None:
        raise NotFound
    verdict = rate_limit.hit(rule=rule, subject=str(viewer.user_id))
    if not verdict.is_allowed:
        raise TooOften(seconds=verdict.retry_after_seconds)
