"""A person's own particulars: name, phone, language, currency."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.rules import clean_phone
from apps.accounts.types import ProfileFields
from apps.core.errors import InvalidInput, NotFound

MAX_NAME_LENGTH = 150


class ProfileInvalid(InvalidInput):
    code = "accounts.profile_invalid"
    message = _("Some of this cannot be used. Look at the marked fields.")


@transaction.atomic
def update_profile(*, user_id: UUID, fields: ProfileFields) -> User:
    """Change a person's particulars; an empty phone is allowed.

    :raises ProfileInvalid: params name the fields
    :raises NotFound: no such person
    """
    name = fields.full_name.strip()
    phone = clean_phone(fields.phone) if fields.phone.strip() else ""
    wrong = []
    if not name or len(name) > MAX_NAME_LENGTH or "\x00" in name:
        wrong.append("full_name")
    if phone is None:
        wrong.append("phone")
    if fields.language not in dict(settings.LANGUAGES):
        wrong.append("language")
    if fields.currency not in settings.SHOP_CURRENCIES:
        wrong.append("currency")
    if wrong:
        raise ProfileInvalid(fields=wrong)
    user = User.objects.select_for_update().filter(id=user_id).first()
    if user is None:
        raise NotFound
    user.full_name, user.phone = name, phone or ""
    user.language, user.currency = fields.language, fields.currency
    user.save(update_fields=["full_name", "phone", "language", "currency"])
    return user


def name_new_account(*, user_id: UUID, full_name: str) -> None:
    """Keep the name that a person gave at registration."""
    User.objects.filter(id=user_id).update(full_name=full_name.strip()[:MAX_NAME_LENGTH])
