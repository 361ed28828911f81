"""Cards of sellers in moderation: the item, its pictures, what was said before; approved or rejected by actions."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import BulkChange, CardDecision, CardDraft, WarehouseKeeper
from apps.catalog.selectors.asked import read_plans
from apps.catalog.selectors.desk import draft_difference
from apps.catalog.selectors.pictures import image_url
from apps.catalog.services.moderation import MODERATE, approve_draft, reject_draft
from apps.catalog.types import DraftStatus
from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import pretty
from apps.core.deeds import ReasonedAction


class DecisionInline(WindowInline):
    model = CardDecision
    show_change_link = False
    shown_fields = ("kind", "note", "actor_label", "at")


@admin.register(CardDraft)
class CardDraftAdmin(WindowAdmin):
    related = ("seller", "category", "product", "brand")
    ordering = ("submitted_at", "pk")
    list_display = ("title", "seller", "submitted_at", "status", "is_change", "category")
    list_filter = ("status",)
    search_fields = ("=id", "seller__name", "=product__short_id")
    search_help_text = _("Card's id or short id, whole; or a part of the seller's name.")
    inlines = (DecisionInline,)
    audit_target = "card_draft"
    shown_fields = (
        "status",
        "seller",
        "category",
        "brand",
        "brand_asked",
        "texts_shown",
        "pictures_shown",
        pretty("attributes"),
        "variants_shown",
        "product",
        "difference",
        "version",
        "created_at",
        "submitted_at",
        "decided_at",
    )
    reasoned_actions = (
        ReasonedAction(
            name="approve",
            label=_("Approve"),
            permission=MODERATE,
            run=lambda deed: approve_draft(
                draft_id=deed.id, actor=deed.actor, now=deed.now, reason=deed.reason
            ),
            consequence=_("The card appears in the shop with its offers and units."),
            fits=lambda draft: draft.status == DraftStatus.IN_REVIEW,
        ),
        ReasonedAction(
            name="reject",
            label=_("Send back to mend"),
            permission=MODERATE,
            run=lambda deed: reject_draft(
                draft_id=deed.id, actor=deed.actor, now=deed.now, reason=deed.reason
            ),
            consequence=_(
                "The seller reads your reason: say what to mend, point by point. What is in the shop stays."
            ),
            is_dangerous=True,
            fits=lambda draft: draft.status == DraftStatus.IN_REVIEW,
        ),
    )

    @admin.display(description=_("title"))
    def title(self, draft: CardDraft) -> str:
        return str(draft)

    @admin.display(description=_("change of a card in the shop"), boolean=True)
    def is_change(self, draft: CardDraft) -> bool:
        return draft.product_id is not None

    @admin.display(description=_("texts"))
    def texts_shown(self, draft: CardDraft) -> str:
        rows = (
            (language, text["title"], text["description"])
            for language, text in sorted(draft.texts.items())
        )
        return format_html_join("", "<p><b>{}</b> {}<br>{}</p>", rows)

    @admin.display(description=_("pictures"))
    def pictures_shown(self, draft: CardDraft) -> str:
        rows = (
            (
                image_url(row.content_hash, row.renditions[-1]),
                image_url(row.content_hash, row.renditions[0]),
                ", ".join(row.alt.values()) or gettext("Picture"),
            )
            for row in draft.pictures.all()
        )
        return format_html_join(" ", '<a href="{}"><img src="{}" width="160" alt="{}"></a>', rows)

    @admin.display(description=_("variants"))
    def variants_shown(self, draft: CardDraft) -> str:
        rows = (
            (
                ", ".join(plan.options.values()) or "–",
                plan.gtin or "–",
                f"{plan.weight_grams} g",
                f"{plan.length_mm} × {plan.width_mm} × {plan.height_mm} mm",
                f"{plan.price_minor / 100:.2f}" if plan.price_minor else "–",
                gettext("left out") if plan.is_left_out else "",
            )
            for plan in read_plans(draft)
        )
        lines = format_html_join("", "<tr>" + "<td>{}</td>" * 6 + "</tr>", rows)
        return format_html("<table>{}</table>", lines)

    @admin.display(description=_("what changes in the shop"))
    def difference(self, draft: CardDraft) -> str:
        rows = draft_difference(draft)
        if not rows:
            return "–"
        return format_html_join("", "<p><b>{}</b><br>− {}<br>+ {}</p>", rows)


@admin.register(BulkChange)
class BulkChangeAdmin(WindowAdmin):
    related = ("seller", "warehouse")
    list_display = ("id", "seller", "kind", "value", "state", "made_by_label", "made_at")
    list_filter = ("state", "kind")
    search_fields = ("=id", "seller__name")


@admin.register(WarehouseKeeper)
class WarehouseKeeperAdmin(WindowAdmin):
    related = ("user", "content_object", "permission__content_type")
    list_display = ("user", "content_object")
    search_fields = ("=user__email", "=content_object__code")
    shown_fields = ("user", "content_object")
