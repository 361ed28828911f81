"""Deeds: what staff do to rows, one by one, each with a reason that the service keeps in the audit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, gettext_lazy, ngettext

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.viewer import Viewer
from apps.core.web.requests import ShopRequest

REASON_LENGTH = 500


def viewer_on(request: HttpRequest) -> Viewer:
    return cast("ShopRequest", request).viewer


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to one row; `given` is what the form asked for besides the reason."""

    actor: Viewer
    id: Any
    reason: str
    now: datetime
    given: Mapping[str, Any] = field(default_factory=dict)


class ReasonForm(forms.Form):
    """Asks for the reason; an action that needs more has a form of its own that extends this one."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Kept in the audit with your name. No personal data, please."),
    )

    def __init__(self, *args: Any, rows: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows


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
    form: type[ReasonForm] = ReasonForm
    # Offered on a row's own page alone: what is asked for differs from row to row.
    is_single: bool = False


def ask_reason(action: ReasonedAction) -> Callable[..., HttpResponse]:
    """Show the page that asks for the reason; with a reason given, do it row by row."""

    def answer(model_admin: Any, request: HttpRequest, rows: Any) -> HttpResponse:
        chosen = list(rows)
        data = request.POST if "confirmed" in request.POST else None
        if action.is_single and len(chosen) != 1:
            model_admin.message_user(request, gettext("Choose one row."), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        form = action.form(data, rows=chosen)
        if form.is_valid():
            _do(action, model_admin, request, chosen, form.cleaned_data)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **model_admin.admin_site.each_context(request),
            "title": action.label,
            "opts": model_admin.opts,
            "media": model_admin.media,
            "action": action,
            "form": form,
            "rows": [(row, model_admin.name_of(row)) for row in chosen],
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reason.html", context)

    return answer


def _do(
    action: ReasonedAction,
    model_admin: Any,
    request: HttpRequest,
    rows: Sequence[Any],
    given: Mapping[str, Any],
) -> None:
    done = 0
    for row in rows:
        deed = Deed(
            actor=viewer_on(request),
            id=row.pk,
            reason=given["reason"],
            now=clock.now(),
            given=given,
        )
        try:
            action.run(deed)
        except DomainError as refusal:
            model_admin.message_user(
                request, f"{model_admin.name_of(row)}: {refusal}", messages.ERROR
            )
        else:
            done += 1
    if done:
        text = ngettext("%(action)s: %(count)d row.", "%(action)s: %(count)d rows.", done)
        model_admin.message_user(
            request, text % {"action": action.label, "count": done}, messages.SUCCESS
        )
