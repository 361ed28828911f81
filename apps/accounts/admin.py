"""People, addresses, roles: personal pages, each opening noted in the audit."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Address, User
from apps.core.admin import WindowAdmin
from apps.core.columns import email_column, link


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
        rows = group.permissions.order_by("content_type__app_label", "codename")
        return ", ".join(rows.values_list("codename", flat=True)) or "—"
