"""The back office: Django's admin with its own look, its own order and one way in.

Invariant: only audited windows (apps.core.admin) are let in; what packages register is left out.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.backoffice.sections import SECTIONS
from apps.core.kinds import EMPTY
from apps.core.web.requests import ShopRequest

JOURNAL_ROWS = 50


class BackofficeSite(AdminSite):
    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("Overview")
    enable_nav_sidebar = True
    empty_value_display = EMPTY

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        """Let windows in; a package's own admin would write past the services and the audit."""
        from apps.core.admin import WindowAdmin

        if admin_class is not None and issubclass(admin_class, WindowAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the one sign-in of the shop; who is signed in without being staff is refused.

        :raises PermissionDenied: signed in, not staff
        """
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        target = wanted if _is_ours(request, wanted) else reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(target)
        if request.user.is_authenticated:
            raise PermissionDenied
        login_url = resolve_url(settings.LOGIN_URL)
        return redirect(reverse_with_next(login_url, target))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return _leave(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {
            "site_name": settings.SITE_NAME,
            "is_demo": "apps.sandbox" in settings.INSTALLED_APPS,
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the sections that hold something for this person."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        models = {
            model["model"]._meta.label: model  # noqa: SLF001  Django's documented model API
            for app in self._build_app_dict(request).values()
            for model in app["models"]
        }
        sections = []
        for section in SECTIONS:
            rows = [models[label] for label in section.models if label in models]
            if rows:
                sections.append(
                    {
                        "name": section.label,
                        "app_label": section.code,
                        "app_url": rows[0]["admin_url"],
                        "icon": section.icon,
                        "has_module_perms": True,
                        "models": rows,
                    }
                )
        return sections

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        from apps.backoffice.selectors import work_queues

        queues = work_queues(cast("ShopRequest", request).viewer)
        return super().index(request, {"queues": queues, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        journals = self.admin_view(self.journals_view)
        return [path("system/journals/", journals, name="journals"), *super().get_urls()]

    def journals_view(self, request: HttpRequest) -> HttpResponse:
        """Show what the admin cannot list (their keys are composite): handled events and command keys."""
        from apps.core.selectors import idempotency_records, processed_events

        may = request.user.has_perm
        if not may("core.view_processedevent") or not may("core.view_idempotencyrecord"):
            raise PermissionDenied
        context = self.each_context(request) | {
            "title": _("Handled events and command keys"),
            "processed": processed_events()[:JOURNAL_ROWS],
            "records": idempotency_records()[:JOURNAL_ROWS],
        }
        return TemplateResponse(request, "admin/journals.html", context)


def reverse_with_next(url: str, target: str) -> str:
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    query[REDIRECT_FIELD_NAME] = target
    return f"{url}?{query.urlencode(safe='/')}"


def _is_ours(request: HttpRequest, target: str) -> bool:
    return url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


@never_cache
@require_POST
def _leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
