"""A shop that makes a card of its own: a category that asks for things, people, a complete draft."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from guardian.shortcuts import assign_perm
from PIL import Image

from apps.accounts.models import User
from apps.catalog.models import (
    Attribute,
    AttributeOption,
    BulkChange,
    BulkRow,
    CardDecision,
    CardDraft,
    Category,
    CategoryAttribute,
    DraftPicture,
    Warehouse,
)
from apps.catalog.selectors.asked import read_plans
from apps.catalog.selectors.keepers import KEEP
from apps.catalog.services import drafts, moderation
from apps.catalog.services.draft_checks import problems_of
from apps.catalog.services.draft_parts import DraftPart
from apps.catalog.services.tree import add_category
from apps.core.viewer import Viewer, viewer_of
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, World, make_user

LATER = NOW + timedelta(hours=1)
GTIN = "4006381333931"


def lamps(world: World) -> Category:
    """A category that asks for a colour (an axis), a power, a text and a flag."""
    category = Category.objects.filter(code="lamps").first()
    if category is not None:
        return category
    parent = Category.objects.get(pk=world.category.pk)
    category = add_category(
        code="lamps", names={"en": "Lamps", "ru": "Лампы", "uz": "Chiroqlar"}, parent=parent
    )
    kinds = (("tone", "CHOICE"), ("power", "NUMBER"), ("fabric", "TEXT"), ("dimmable", "FLAG"))
    for position, (code, kind) in enumerate(kinds):
        attribute = Attribute.objects.create(
            code=code, kind=kind, unit="W" if code == "power" else "", labels={"en": code.title()}
        )
        if kind == "CHOICE":
            for option in ("red", "blue"):
                AttributeOption.objects.create(
                    attribute=attribute, code=option, labels={"en": option.title()}
                )
        CategoryAttribute.objects.create(
            category=category,
            attribute=attribute,
            is_required=code == "power",
            is_variant_axis=kind == "CHOICE",
            position=position,
        )
    return category


def viewer_in(seller: Seller, role: MemberRole = MemberRole.OWNER) -> Viewer:
    member = SellerMember.objects.filter(seller=seller, role=role).first()
    if member is None:
        user = make_user(f"{role.lower()}@{seller.slug}.example", full_name=role.title())
        member = SellerMember.objects.create(seller=seller, user=user, role=role)
    return viewer_of(member.user)


def moderator() -> Viewer:
    user = User.objects.filter(email="moderator@cards.example").first() or make_user(
        "moderator@cards.example", is_staff=True, full_name="Mod"
    )
    return Viewer(
        user_id=user.id,
        label=str(user),
        is_staff=True,
        permissions=frozenset({moderation.MODERATE}),
    )


@cache
def png(color: str = "red", size: tuple[int, int] = (300, 200)) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, color).save(output, "PNG")
    return output.getvalue()


def add_picture_row(draft: CardDraft, digest: str = "a" * 64) -> DraftPicture:
    """A picture as it is after its upload: the uploads have tests of their own."""
    return DraftPicture.objects.create(
        draft=draft, content_hash=digest, width=300, height=200, renditions=[160]
    )


def save(draft: CardDraft, actor: Viewer, **part: Any) -> CardDraft:
    return drafts.save_draft(
        draft_id=draft.id,
        part=DraftPart(**part),
        step=None,
        seen_version=CardDraft.objects.get(id=draft.id).version,
        actor=actor,
        now=NOW,
    )


def complete_draft(world: World, **given: Any) -> CardDraft:
    """Two variants, red and blue, of a lamp; 5 red ones lie in the warehouse."""
    seller = world.sellers[0]
    actor = viewer_in(seller)
    title = given.get("title", "Lamp of Rishton")
    draft = drafts.start_draft(
        seller_id=seller.id, title=title, gtin="", language="en", actor=actor, now=NOW
    )
    save(draft, actor, category_id=lamps(world).pk)
    save(
        draft,
        actor,
        texts={"en": (title, "Blue glaze."), "ru": ("Лампа", "Глазурь.")},
        brand_asked=given.get("brand", "Rishton"),
        attributes={"power": 40, "dimmable": True},
        choices={"tone": ["red", "blue"]},
        handling_days=2,
    )
    draft.refresh_from_db()
    place = str(Warehouse.objects.get(seller=seller).id)
    number = CardDraft.objects.count()
    rows = [
        replace(
            plan,
            seller_sku=f"L{number}-{plan.options['tone']}",
            gtin=given.get("gtin", GTIN) if plan.options["tone"] == "red" else "",
            weight_grams=900,
            length_mm=300,
            width_mm=200,
            height_mm=200,
            price_minor=250_000_00,
            units={place: 5} if plan.options["tone"] == "red" else {},
        )
        for plan in read_plans(draft)
    ]
    save(draft, actor, variants=rows)
    add_picture_row(draft)
    draft.refresh_from_db()
    return draft


def submitted(draft: CardDraft) -> CardDraft:
    draft.refresh_from_db()
    return moderation.submit_draft(
        draft_id=draft.id,
        seen_version=draft.version,
        actor=viewer_in(draft.seller),
        now=NOW,
    )


def approved(draft: CardDraft) -> CardDraft:
    submitted(draft)
    moderation.approve_draft(draft_id=draft.id, actor=moderator(), now=NOW, reason="Fine")
    draft.refresh_from_db()
    return draft


def desk_rows(world: World) -> None:
    """Three cards in moderation, three bulk changes, three keepers: for the tests of lists."""
    seller = world.sellers[0]
    place = Warehouse.objects.get(seller=seller)
    for number in range(3):
        draft = CardDraft.objects.create(
            seller=seller,
            category=world.category,
            texts={"en": {"title": f"Card {number}", "description": ""}},
            variants=[{"key": "a", "weight_grams": 1}],
            status="IN_REVIEW",
            submitted_at=NOW,
        )
        add_picture_row(draft)
        CardDecision.objects.create(draft=draft, kind="SUBMITTED", draft_version=1, at=NOW)
        change = BulkChange.objects.create(seller=seller, kind="OFF_SALE", made_at=NOW)
        BulkRow.objects.create(
            change=change,
            offer=world.offers[0],
            seen_version=1,
            before={"is_active": True},
            after={"is_active": False},
            outcome="READY",
        )
        assign_perm(KEEP, make_user(f"keeper{number}@keepers.example"), place)


def refused(deed: Callable[[], object]) -> type[Exception] | None:
    """Return what a deed raises."""
    try:
        deed()
    except Exception as error:  # noqa: BLE001  the test says which
        return type(error)
    return None


def words(draft: CardDraft) -> list[str]:
    """Return what a draft still lacks, in English."""
    return [str(problem.text) for problem in problems_of(draft, "en")]
