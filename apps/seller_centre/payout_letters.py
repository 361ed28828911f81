"""What a shop's owners are told about its payouts: sent, came back, another account, one that is restricted.

Nothing where the payee is no seller here.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from apps.core.formats import format_day, format_moment, format_money, in_sentence
from apps.notifications.services import send_email
from apps.payments.models import Payout
from apps.payments.selectors_payouts import get_account, get_payout
from apps.payments.types_payouts import BANK_REFUSED
from apps.seller_centre.payout_page import account_label, bank_of, failure_words
from apps.sellers.selectors import owners_of


def tell_sent(*, payout_id: UUID) -> None:
    payout = get_payout(payout_id)
    _tell(
        payout.payee_id,
        "seller_payout_sent",
        f"seller_payout_sent:{payout.id}",
        f"payouts/{payout.id}/",
        lambda: {
            **_payout(payout),
            "arrives": in_sentence(format_day(payout.arrives_on)) if payout.arrives_on else "",
        },
    )


def tell_returned(*, payout_id: UUID) -> None:
    payout = get_payout(payout_id)
    _tell(
        payout.payee_id,
        "seller_payout_returned",
        f"seller_payout_returned:{payout.id}",
        f"payouts/{payout.id}/",
        lambda: {**_payout(payout), "why": failure_words(payout.failure_code)},
    )


def tell_account_changed(*, account_id: UUID, last4: str, usable_from: datetime) -> None:
    """Each change is a letter: the key holds the moment from which it counts."""
    account = get_account(account_id)
    _tell(
        account.payee_id,
        "seller_bank_changed",
        f"seller_bank_changed:{account.id}:{usable_from.isoformat()}",
        "account/",
        lambda: {
            "account": f"···· {last4}",
            "usable": in_sentence(format_moment(usable_from)),
            "is_held": account.changed_at is not None and usable_from > account.changed_at,
        },
    )


def tell_account_restricted(*, account_id: UUID, restricted_at: datetime) -> None:
    """Tell what the provider wants, while it still wants it; each time is a letter."""
    account = get_account(account_id)
    if account.restricted_at is None:
        return
    _tell(
        account.payee_id,
        "seller_bank_restricted",
        f"seller_bank_restricted:{account.id}:{restricted_at.isoformat()}",
        "account/",
        lambda: {
            "account": account_label(account),
            "is_refused": account.requirement == BANK_REFUSED,
        },
    )


def _payout(payout: Payout) -> dict[str, str]:
    return {
        "number": payout.number,
        "sum": format_money(payout.amount),
        "account": bank_of(payout),
    }


def _tell(
    seller_id: UUID, kind: str, key: str, page: str, words: Callable[[], dict[str, Any]]
) -> None:
    for member in owners_of(seller_id):
        language = member.user.language
        with translation.override(language):
            send_email(
                kind=kind,
                key=f"{key}:{member.user_id}",
                recipient_id=member.user_id,
                address=member.user.email,
                language=language,
                context={
                    "shop": member.seller.name,
                    "url": f"{settings.SITE_URL}/{language}/seller/{seller_id}/finance/{page}",
                    **words(),
                },
            )
