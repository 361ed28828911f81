"""People, addresses, roles: personal pages, each opening noted in the audit."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import Address, User
from apps.core.admin import WindowAdmin
from apps.core.columns import email_column, link
from apps.core.readable import facts

# What may be done, by the codename without its kind of row.
RIGHTS = {
    "view": pgettext_lazy("right", "see"),
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "approve": pgettext_lazy("right", "approve"),
    "stop": pgettext_lazy("right", "stop"),
    "answer": pgettext_lazy("right", "answer"),
    "decide": pgettext_lazy("right", "decide"),
    "refund": pgettext_lazy("right", "give money back"),
    "refund_any_amount": pgettext_lazy("right", "give back more than the limit"),
    "keep": pgettext_lazy("right", "keep the stock"),
}


@admin.register(User)
class UserAdmin(WindowAdmin):
    """The password hash is no field of this page, and no query of it reads the column."""

    is_personal = True
    list_display = ("full_name", email_column(), "is_active", "is_staff", "language", "joined_at")
    list_display_links = ("full_name", email_column())
    list_filter = ("is_active", "is_staff")
    search_fields = ("=email", "full_name", "=phone")
    search_help_text = _("E-mail or phone, whole; or a part of the name.")
    shown_fields = (
        "id",
        "email",
        "full_name",
        "phone",
        "language",
        "currency",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "joined_at",
        "last_login",
        link(_("Addresses"), _("Show addresses"), "accounts_address", user__id__exact="pk"),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).defer("password")


@admin.register(Address)
class AddressAdmin(WindowAdmin):
    is_personal = True
    related = ("user",)
    list_display = ("id", "city", "country", "is_default", "created_at")
    search_fields = ("=user__email", "=city", "=postcode")
    search_help_text = _("The owner's e-mail, city or postcode, whole.")


@admin.register(EmailAddress)
class EmailAddressAdmin(WindowAdmin):
    is_personal = True
    related = ("user",)
    list_display = (email_column(), "verified", "primary")
    list_filter = ("verified",)
    search_fields = ("=email",)


@admin.register(Group)
class RoleAdmin(WindowAdmin):
    """Roles come with the code; here one sees what each may do."""

    list_display = ("name",)
    shown_fields = ("name", "rights")
    ordering = ("name",)
    search_fields = ("name",)

    @admin.display(description=_("may"))
    def rights(self, group: Group) -> str:
        """What with which rows: read in the order of the rows' names."""
        found = group.permissions.select_related("content_type").order_by("codename")
        deeds: dict[str, list[str]] = {}
        for right in found:
            kind = right.content_type.model
            verb = right.codename.removesuffix(f"_{kind}")
            model = right.content_type.model_class()
            label = capfirst(str(model._meta.verbose_name)) if model else kind  # noqa: SLF001  Django's documented model API
            deeds.setdefault(label, []).append(str(RIGHTS.get(verb, verb.replace("_", " "))))
        return facts(sorted((label, ", ".join(verbs)) for label, verbs in deeds.items()))
