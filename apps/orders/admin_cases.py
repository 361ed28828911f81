"""Returns and disputes to look at, and the arbiter's desk: evidence, a preview, one decision."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import money, thumbs
from apps.core.deeds import viewer_on
from apps.core.errors import DomainError, NotFound
from apps.core.money import Money
from apps.core.services import audit
from apps.core.web.fields import AmountField
from apps.orders.models import CasePhoto, Dispute, DisputeMessage, Return, ReturnLine
from apps.orders.selectors_disputes import DisputeView, staff_dispute
from apps.orders.services.arbitrating import DecisionPreview, decide_dispute, preview_decision
from apps.orders.services.disputing import DECIDE_PERMISSION
from apps.orders.services.mediating import address_sides
from apps.orders.services.refunding import refundable
from apps.orders.types_returns import (
    ANSWER_HOURS,
    NOTE_LENGTH,
    OPEN_DISPUTES,
    AnswerRequest,
    Asked,
    Words,
)
from apps.orders.web.forms import new_key


class ReturnLineInline(WindowInline):
    model = ReturnLine
    related = ("line",)
    show_change_link = False
    shown_fields = ("line", "quantity", "accepted_quantity", "condition", "why")


class PhotoInline(WindowInline):
    model = CasePhoto
    show_change_link = False
    shown_fields = ("picture", "size", "created_at")

    @admin.display(description=_("picture"))
    def picture(self, photo: CasePhoto) -> str:
        url = reverse("storefront:evidence", args=[photo.pk])
        return thumbs([(url, f"{url}?small", _("Evidence"))])

    @admin.display(description=_("size in pixels"))
    def size(self, photo: CasePhoto) -> str:
        return f"{photo.width} × {photo.height}"


@admin.register(Return)
class ReturnAdmin(WindowAdmin):
    named_by = "number"
    related = ("order",)
    list_display = (
        "number",
        "state",
        "reason",
        "order",
        money("refund_minor"),
        "requested_at",
        "due_at",
    )
    list_filter = ("state", "reason")
    search_fields = ("=number", "=order__number", "=id")
    search_help_text = _("Return's number or id, or the order's number, whole.")
    ordering = ("-id",)
    hidden_fields = ("key",)
    inlines = (ReturnLineInline, PhotoInline)


class MessageInline(WindowInline):
    model = DisputeMessage
    show_change_link = False
    shown_fields = ("side", "text", "at", "asked_of", "answer_by")


class DecisionForm(forms.Form):
    """`previewed` is the sum whose preview was shown: only that one can be decided."""

    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["refund"] = AmountField(
            currency=dispute.currency,
            label=_("To the buyer"),
            initial=dispute.wanted,
            help_text=_("The seller gets what is left of its part. Zero: the seller is right."),
        )
        self.fields["text"] = forms.CharField(
            label=_("Decision in words"),
            max_length=NOTE_LENGTH,
            widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
            help_text=_("Both sides read it as you write it. It cannot be changed later."),
        )


class AddressForm(forms.Form):
    """Words of staff to both sides, and whom they ask for an answer."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=new_key)
    words = forms.CharField(
        label=_("To both sides"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("Both read it as you write it. It cannot be changed later."),
    )
    asked_of = forms.ChoiceField(
        label=_("Ask for an answer"),
        choices=[("", _("Nobody")), *Asked.choices],
        required=False,
        help_text=_("Until it comes, or its time is over, nothing is decided."),
    )
    hours = forms.TypedChoiceField(
        label=_("Within, in hours"),
        choices=[(hours, str(hours)) for hours in ANSWER_HOURS],
        coerce=int,
        initial=ANSWER_HOURS[-1],
    )

    def asks(self) -> AnswerRequest | None:
        values = self.cleaned_data
        return (
            AnswerRequest(Asked(values["asked_of"]), values["hours"])
            if values["asked_of"]
            else None
        )


@admin.register(Dispute)
class DisputeAdmin(WindowAdmin):
    named_by = "number"
    related = ("order", "return_case", "hold")
    list_display = (
        "number",
        "state",
        "reason",
        "order",
        money("wanted_minor"),
        money("refund_minor"),
        "open_at",
        "in_arbitration_at",
    )
    list_filter = ("state", "reason")
    search_fields = ("=number", "=order__number", "=id")
    search_help_text = _("Dispute's number or id, or the order's number, whole.")
    ordering = ("-id",)
    inlines = (MessageInline,)
    shown_fields = (
        "number",
        "state",
        "reason",
        "order",
        "return_case",
        money("wanted_minor"),
        money("refund_minor"),
        "decision",
        "decided_by",
        "hold",
        "due_at",
        "open_at",
        "seller_answered_at",
        "in_arbitration_at",
        "decided_at",
        "withdrawn_at",
    )

    def pages_of(self, request: HttpRequest, row: Dispute) -> list[tuple[str, Any]]:
        return [(reverse("admin:orders_dispute_desk", args=[row.pk]), _("Evidence and decision"))]

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.desk_view)
        return [
            path("<uuid:dispute_id>/desk/", page, name="orders_dispute_desk"),
            *super().get_urls(),
        ]

    def desk_view(self, request: HttpRequest, dispute_id: UUID) -> HttpResponse:
        """Show both sides' evidence; decide once the consequence of the very sum was shown."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_decide = request.user.has_perm(DECIDE_PERMISSION)
        if request.method == "POST" and not may_decide:
            raise PermissionDenied
        try:
            view = staff_dispute(viewer_on(request), dispute_id)
        except NotFound:
            raise Http404 from None
        if request.method != "POST":
            audit.record(
                actor=viewer_on(request),
                action="orders.dispute_viewed",
                target_type="dispute",
                target_id=dispute_id,
            )
            return self._desk(request, view, DecisionForm(dispute=view.case))
        if "say" in request.POST:
            return self._say(request, view)
        return self._decide(request, view)

    def _say(self, request: HttpRequest, view: DisputeView) -> HttpResponse:
        form = AddressForm(request.POST)
        decision = DecisionForm(dispute=view.case)
        if not form.is_valid():
            return self._desk(request, view, decision, address=form)
        try:
            address_sides(
                dispute_id=view.case.id,
                words=Words(form.cleaned_data["words"], form.cleaned_data["key"]),
                asks=form.asks(),
                actor=viewer_on(request),
                now=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self._desk(request, view, decision, address=form)
        messages.success(request, _("Both sides are told."))
        return HttpResponseRedirect(reverse("admin:orders_dispute_desk", args=[view.case.id]))

    def _decide(self, request: HttpRequest, view: DisputeView) -> HttpResponse:
        form = DecisionForm(request.POST, dispute=view.case)
        if not form.is_valid():
            return self._desk(request, view, form)
        refund: Money = form.cleaned_data["refund"]
        try:
            if "decide" not in request.POST or form.cleaned_data["previewed"] != str(refund.minor):
                preview = preview_decision(dispute=view.case, refund=refund, now=clock.now())
                return self._desk(request, view, form, preview)
            decide_dispute(
                dispute_id=view.case.id,
                refund=refund,
                text=form.cleaned_data["text"],
                actor=viewer_on(request),
                now=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self._desk(request, view, form)
        messages.success(request, _("It is decided. Both sides are told."))
        return HttpResponseRedirect(reverse("admin:orders_dispute_desk", args=[view.case.id]))

    def _desk(
        self,
        request: HttpRequest,
        view: DisputeView,
        form: DecisionForm,
        preview: DecisionPreview | None = None,
        address: AddressForm | None = None,
    ) -> HttpResponse:
        is_open = view.case.state in OPEN_DISPUTES
        may_act = is_open and request.user.has_perm(DECIDE_PERMISSION)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Dispute %(number)s") % {"number": view.case.number},
            "opts": self.opts,
            "view": view,
            "left": refundable(view.order),
            "form": form if may_act else None,
            "address": (address or AddressForm()) if may_act else None,
            "preview": preview,
            "may_see_money": request.user.has_perm("payments.view_journalentry"),
        }
        return TemplateResponse(request, "admin/orders/dispute/desk.html", context)
