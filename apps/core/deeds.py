"""Deeds: what staff do to rows, one by one, each with a reason that the service keeps in the audit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy, ngettext

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.viewer import Viewer
from apps.core.web.requests import ShopRequest

REASON_LENGTH = 500


def viewer_on(request: HttpRequest) -> Viewer:
    return cast("ShopRequest", request).viewer


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to one row."""

    actor: Viewer
    id: Any
    reason: str
    now: datetime


@dataclass(frozen=True)
class ReasonedAction:
    """A use case offered on rows; `permission` is a full name, `run` calls one service."""

    name: str
    label: Any
    permission: str
    run: Callable[[Deed], object]
    consequence: Any = ""
    is_dangerous: bool = False
    # Whether the button stands on this row's page; the service decides in the end.
    fits: Callable[[Any], bool] = bool


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Kept in the audit with your name. No personal data, please."),
    )


def ask_reason(action: ReasonedAction) -> Callable[..., HttpResponse]:
    """Show the page that asks for the reason; with a reason given, do it row by row."""

    def answer(model_admin: Any, request: HttpRequest, rows: Any) -> HttpResponse:
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            _do(action, model_admin, request, rows, form.cleaned_data["reason"])
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **model_admin.admin_site.each_context(request),
            "title": action.label,
            "opts": model_admin.opts,
            "media": model_admin.media,
            "action": action,
            "form": form,
            "rows": list(rows),
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reason.html", context)

    return answer


def _do(
    action: ReasonedAction, model_admin: Any, request: HttpRequest, rows: Any, reason: str
) -> None:
    done = 0
    for row in rows:
        deed = Deed(
            actor=viewer_on(request),
            id=row.pk,
            reason=reason,
            now=clock.now(),
        )
        try:
            action.run(deed)
        except DomainError as refusal:
            model_admin.message_user(request, f"{row}: {refusal}", messages.ERROR)
        else:
            done += 1
    if done:
        text = ngettext("%(action)s: %(count)d row.", "%(action)s: %(count)d rows.", done)
        model_admin.message_user(
            request, text % {"action": action.label, "count": done}, messages.SUCCESS
        )
