"""Columns that are written once: the same SQL and the same rows as Django's own compiler gives."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.compiler import SQLCompiler as Compiler
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet

from apps.catalog.models import Offer, Stock
from apps.core.models import IdempotencyRecord, OutboxEvent, OutboxStream
from apps.core.postgres import compiler
from apps.core.postgres.compiler import SQLCompiler, is_plain
from apps.orders.models import Order, OrderLine
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db

ALL_MODELS = sorted(apps.get_models(), key=lambda model: model._meta.label)
SHAPES: dict[str, Callable[[], QuerySet[Any]]] = {
    "filtered": lambda: Offer.objects.filter(seller__slug="a").order_by("-id")[:3],
    "locked": lambda: Stock.objects.select_for_update(of=("self",), no_key=True).order_by("pk"),
    "joined": lambda: Order.objects.filter(lines__sku="x", group__email="y").distinct(),
    "related": lambda: OrderLine.objects.select_related("order__group"),
    "annotated": lambda: Order.objects.annotate(count=Count("lines")).filter(count__gt=1),
    "aliased": lambda: Order.objects.alias(twice=F("total_minor") * 2).filter(twice__gt=1),
    "deferred": lambda: Offer.objects.defer("price_minor"),
    "only": lambda: Offer.objects.only("id", "version"),
    "values": lambda: Offer.objects.values("id", "currency"),
    "flat": lambda: Offer.objects.values_list("id", flat=True),
    "extra": lambda: Offer.objects.extra(select={"one": "1"}),
    "inside": lambda: Order.objects.filter(id__in=OrderLine.objects.values("order_id")),
    "itself": lambda: Order.objects.filter(id__in=Order.objects.filter(status="PAID")),
    "exists": lambda: Order.objects.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk")))),
    "union": lambda: Offer.objects.filter(id=None).union(Offer.objects.all()),
    "nothing": lambda: Offer.objects.filter(Q(pk__in=[])),
    "composite": lambda: IdempotencyRecord.objects.filter(pk=("a", "b", "c")),
}


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_selects", {})
    monkeypatch.setattr(compiler, "_converters", {})


def sql_of(rows: QuerySet[Any], kind: type[Compiler]) -> object:
    query = rows.query.chain()
    try:
        return kind(query, connection, "default").as_sql()
    except EmptyResultSet:
        return "nothing to ask"


@pytest.mark.parametrize("model", ALL_MODELS, ids=lambda model: model._meta.label)
def test_rows_of_every_model_are_asked_for_as_django_does(model: type[Model]) -> None:
    rows = model._default_manager.all()

    for _again in range(2):
        assert sql_of(rows, SQLCompiler) == sql_of(rows, Compiler)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_query_is_as_django_s(shape: str) -> None:
    rows = SHAPES[shape]()

    for _again in range(2):
        assert sql_of(rows, SQLCompiler) == sql_of(rows, Compiler)
        assert sql_of(rows.all(), SQLCompiler) == sql_of(rows.all(), Compiler)


def test_shapes_are_of_both_kinds() -> None:
    plain = {name for name, rows in SHAPES.items() if is_plain(rows().query.chain())}

    assert plain >= {"filtered", "locked", "joined", "inside", "itself", "exists", "composite"}
    assert not plain & {"related", "annotated", "aliased", "deferred", "only", "values", "extra"}


def test_rows_read_again_are_the_same_with_their_types() -> None:
    OutboxEvent.objects.create(
        aggregate="a", aggregate_id="1", seq=1, partition=0, topic="t", payload={"n": [1, None]}
    )

    first, second = (OutboxEvent.objects.get() for _again in range(2))

    assert OutboxEvent in compiler._converters
    assert first.__dict__.keys() == second.__dict__.keys()
    assert first.payload == second.payload == {"n": [1, None]}
    assert first.created_at == second.created_at


def test_select_that_somebody_changes_is_his_own() -> None:
    OutboxStream.objects.create(aggregate="a", aggregate_id="1", last_seq=1)
    for _again in range(2):
        mine = SQLCompiler(OutboxStream.objects.all().query, connection, "default")
        mine.pre_sql_setup()
        assert mine.select is not None
        mine.select.clear()

    assert OutboxStream.objects.get().last_seq == 1


@pytest.fixture
def world() -> World:
    return make_world(offers_each=1)


def test_related_rows_and_later_plain_ones_do_not_mix(world: World) -> None:
    plain = Offer.objects.get(id=world.offers[0].id)
    related = Offer.objects.select_related("seller").get(id=plain.id)
    again = Offer.objects.get(id=plain.id)

    assert related.seller.id == plain.seller_id
    assert again.price == plain.price == related.price
    assert Offer.objects.in_bulk([plain.id])[plain.id].version == plain.version
