"""How allauth meets our accounts: language, addresses, letters."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_language


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002  allauth's signature
        user.language = get_language() or "en"
        return super().save_user(request, user, form, commit)

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(getattr(request, "client_address", request.META.get("REMOTE_ADDR", "")))

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Render a letter in its reader's language; who has no account gets the page's."""
        language = getattr(context.get("user"), "language", "") or get_language() or "en"
        values = context | {
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        with translation.override(language):
            message: EmailMessage = super().render_mail(template_prefix, email, values, headers)
        return message
