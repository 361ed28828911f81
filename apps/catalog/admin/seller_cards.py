"""Cards of sellers in moderation: the item, its pictures, what was said before; approved or rejected by actions."""

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.words import attributes_in_words, language, size_in_words, texts_in_words
from apps.catalog.models import BulkChange, CardDecision, CardDraft, DraftPicture, WarehouseKeeper
from apps.catalog.selectors.asked import read_plans
from apps.catalog.selectors.attributes import named_attributes, options_in_words
from apps.catalog.selectors.desk import draft_difference
from apps.catalog.selectors.pictures import thumb_of
from apps.catalog.services.moderation import MODERATE, approve_draft, reject_draft
from apps.catalog.types import DraftStatus, Picture
from apps.core.admin import WindowAdmin, WindowInline
from apps.core.changes import changes
from apps.core.columns import thumbs
from apps.core.deeds import ReasonedAction
from apps.core.formats import format_money
from apps.core.kinds import EMPTY
from apps.core.money import Money


class DecisionInline(WindowInline):
    model = CardDecision
    show_change_link = False
    shown_fields = ("kind", "note", "actor_label", "at")


@admin.register(CardDraft)
class CardDraftAdmin(WindowAdmin):
    related = ("seller", "category", "product", "brand")
    prefetched = ("category__texts",)
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
        "particulars",
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
        said = {code: (text["title"], text["description"]) for code, text in draft.texts.items()}
        return texts_in_words(said)

    @admin.display(description=_("pictures"))
    def pictures_shown(self, draft: CardDraft) -> str:
        return thumbs(_thumb(row) for row in draft.pictures.all())

    @admin.display(description=_("particulars"))
    def particulars(self, draft: CardDraft) -> str:
        return attributes_in_words(draft.attributes)

    @admin.display(description=_("variants"))
    def variants_shown(self, draft: CardDraft) -> str:
        plans = read_plans(draft)
        named = named_attributes({code for plan in plans for code in plan.options})
        rows = (
            (
                options_in_words(plan.options, named, language()) or EMPTY,
                plan.gtin or EMPTY,
                _grams(plan.weight_grams),
                size_in_words(plan.length_mm, plan.width_mm, plan.height_mm),
                _price(plan.price_minor, draft.seller.currency),
                gettext("left out") if plan.is_left_out else "",
            )
            for plan in plans
        )
        heads = (
            gettext("Options"),
            gettext("Barcode"),
            gettext("Weight"),
            gettext("Size"),
            gettext("Price"),
            "",
        )
        return format_html(
            '<div class="desk-table"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
            format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)),
            format_html_join("", "<tr>" + "<td>{}</td>" * len(heads) + "</tr>", rows),
        )

    @admin.display(description=_("what changes in the shop"))
    def difference(self, draft: CardDraft) -> str:
        now, then = draft_difference(draft, language())
        return changes(now, then)


def _thumb(row: DraftPicture) -> tuple[str, str, str]:
    picture = Picture(row.content_hash, tuple(row.renditions), row.width, row.height)
    large, small, _alt = thumb_of(picture)
    return large, small, ", ".join(row.alt.values()) or gettext("Picture")


def _grams(weight: int | None) -> str:
    return gettext("%(grams)s g") % {"grams": number_format(weight)} if weight else EMPTY


def _price(minor: int | None, currency: str) -> str:
    return format_money(Money(minor, currency)) if minor else EMPTY


@admin.register(BulkChange)
class BulkChangeAdmin(WindowAdmin):
    related = ("seller", "warehouse")
    list_display = ("kind", "seller", "value", "state", "made_by_label", "made_at")
    list_filter = ("state", "kind")
    search_fields = ("=id", "seller__name")

    def name_of(self, row: BulkChange) -> str:
        return str(row.get_kind_display())


@admin.register(WarehouseKeeper)
class WarehouseKeeperAdmin(WindowAdmin):
    related = ("user", "content_object", "permission__content_type")
    list_display = ("user", "content_object")
    search_fields = ("=user__email", "=content_object__code")
    shown_fields = ("user", "content_object")
