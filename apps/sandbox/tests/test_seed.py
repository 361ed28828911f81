"""The demo world: complete, repeatable, and only where its passwords may be known."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services.roles import ROLES
from apps.catalog.models import (
    CardDraft,
    Category,
    ListingCard,
    Offer,
    Product,
    ProductText,
    Variant,
)
from apps.core.invariants import violations
from apps.logistics.models import PickupPoint
from apps.orders.models import Dispute, Order, OrderGroup, Return
from apps.payments.models import Payout, PayoutAccount
from apps.reviews.models import Review
from apps.sandbox.demo import compose
from apps.sandbox.demo.people import PASSWORD, PEOPLE
from apps.search.models import SearchDocument

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def counts() -> dict[str, int]:
    models = (User, Category, Product, Variant, Offer, Review, OrderGroup, Order, PickupPoint)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_seed_twice_gives_one_complete_world() -> None:
    call_command("seed_demo", per_shelf=1, history=0)
    first = counts()
    call_command("seed_demo", per_shelf=1, history=0)

    assert counts() == first
    shelves = len(list(compose.products(now=NOW, per_shelf=1)))
    assert first["Product"] == shelves
    assert first["Category"] == len(compose.categories()) >= 40
    assert first["User"] == len(PEOPLE)
    assert PickupPoint.objects.count() >= 12
    assert Counter(ProductText.objects.values_list("language", flat=True)) == {
        "en": shelves,
        "ru": shelves,
        "uz": shelves,
    }
    cards = list(ListingCard.objects.all())
    assert all(card.is_visible and card.price_minor > 0 for card in cards)
    assert all(len(card.images) == 2 for card in cards)
    assert SearchDocument.objects.count() == shelves
    assert set(Order.objects.values_list("status", flat=True)) == {
        *("CREATED", "PAID", "PROCESSING", "SHIPPED", "DELIVERED", "CANCELLED", "RETURNED")
    }
    assert sorted(Return.objects.values_list("state", flat=True)) == [
        *("APPROVED", "REFUNDED", "REQUESTED")
    ]
    assert list(Dispute.objects.values_list("state", flat=True)) == ["IN_ARBITRATION"]
    assert set(Payout.objects.values_list("state", flat=True)) == {"PAID", "FAILED", "IN_TRANSIT"}
    assert PayoutAccount.objects.filter(state="VERIFIED").count() == 2
    own = Review.objects.filter(author__isnull=False)
    assert Counter(own.values_list("status", flat=True)) == {"PUBLISHED": 4, "IN_MODERATION": 1}
    assert own.filter(answer__isnull=False).count() == 3
    assert own.filter(photos__isnull=False).distinct().count() == 4
    assert not Review.objects.filter(is_verified_purchase=True, line=None).exists()
    assert sorted(CardDraft.objects.values_list("status", flat=True)) == ["IN_REVIEW", "REJECTED"]
    assert violations() == []


@pytest.mark.django_db
def test_seed_with_secure_cookies_of_production_refuses_and_writes_nothing(
    settings: Settings,
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    with pytest.raises(CommandError, match="development settings only"):
        call_command("seed_demo", per_shelf=1, history=0)
    assert User.objects.count() == 0
    assert Product.objects.count() == 0


@pytest.mark.django_db
def test_people_sign_in_with_the_password_of_the_demo(client: Client) -> None:
    from apps.sandbox.demo.people import ensure_people

    ensure_people(now=NOW)
    for person in PEOPLE:
        user = User.objects.get(email=person.email)
        assert user.check_password(PASSWORD)
        assert user.emailaddress_set.get().verified
        if person.role in ROLES:
            assert [group.name for group in user.groups.all()] == [person.role]
    admin = User.objects.get(email="admin@karvon.example")
    assert admin.is_staff
    assert admin.is_superuser


def test_own_catalogue_is_large_and_every_text_differs_in_three_languages() -> None:
    composed = list(compose.products(now=NOW))
    plans = [one.plan for one in composed]
    assert len(plans) >= 300
    assert len({plan.category for plan in plans}) >= 40
    assert len({one.pictures[0][0].kind for one in composed}) >= 40
    for one in composed:
        titles = {one.plan.texts[language][0] for language in ("en", "ru", "uz")}
        assert len(titles) == 3, one.plan.source_id
        assert all(text for _title, text in one.plan.texts.values())
        assert [picture.view for picture, _options in one.pictures[:3]] == [
            "front",
            "detail",
            "use",
        ]
        assert all(offer.price.minor > 0 for offer in one.plan.offers)
        assert one.plan.offers
    for language in ("en", "ru", "uz"):
        assert len({plan.texts[language][0] for plan in plans}) == len(plans)
    skus = [variant.sku for plan in plans for variant in plan.variants]
    assert len(set(skus)) == len(skus)


def test_own_catalogue_is_the_same_at_every_run() -> None:
    assert list(compose.products(now=NOW)) == list(compose.products(now=NOW))
