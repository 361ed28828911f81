"""The committed OpenAPI document is the one that the code describes, and it is valid."""

from pathlib import Path

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


def test_committed_document_is_in_step() -> None:
    # A test before this one may have left another language active.
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    validate_schema(schema)  # type: ignore[no-untyped-call]
    fresh = OpenApiYamlRenderer().render(schema, renderer_context={})
    assert COMMITTED.read_bytes() == fresh, "run `make openapi`"


def test_every_operation_that_must_not_happen_twice_asks_for_a_key() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    keyed = {
        path
        for path, methods in schema["paths"].items()
        for operation in methods.values()
        if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ()))
    }
    assert keyed == {
        "/api/v1/disputes/{dispute_id}/escalate/",
        "/api/v1/disputes/{dispute_id}/messages/",
        "/api/v1/disputes/{dispute_id}/withdraw/",
        "/api/v1/orders/",
        "/api/v1/orders/{group_id}/cancel/",
        "/api/v1/orders/{group_id}/orders/{order_id}/address/",
        "/api/v1/orders/{group_id}/orders/{order_id}/address/pay/",
        "/api/v1/orders/{group_id}/orders/{order_id}/cancel/",
        "/api/v1/orders/{group_id}/orders/{order_id}/confirm-receipt/",
        "/api/v1/orders/{group_id}/orders/{order_id}/disputes/",
        "/api/v1/orders/{group_id}/orders/{order_id}/returns/",
        "/api/v1/orders/{group_id}/pay/",
        "/api/v1/returns/{return_id}/cancel/",
        "/api/v1/returns/{return_id}/photos/",
        "/api/v1/returns/{return_id}/sent/",
        "/api/v1/reviews/",
        "/api/v1/seller/disputes/{dispute_id}/messages/",
        "/api/v1/seller/offers/bulk/",
        "/api/v1/seller/orders/{order_id}/cancel/",
        "/api/v1/seller/orders/{order_id}/confirm/",
        "/api/v1/seller/orders/{order_id}/documents/",
        "/api/v1/seller/orders/{order_id}/ship/",
        "/api/v1/seller/payout-accounts/",
        "/api/v1/seller/payout-schedules/",
        "/api/v1/seller/payouts/",
        "/api/v1/seller/products/",
        "/api/v1/seller/products/{draft_id}/submit/",
        "/api/v1/seller/products/{draft_id}/withdraw/",
        "/api/v1/seller/returns/{return_id}/approve/",
        "/api/v1/seller/returns/{return_id}/inspect/",
        "/api/v1/seller/returns/{return_id}/receive/",
        "/api/v1/seller/returns/{return_id}/reject/",
        "/api/v1/seller/statements/",
    }
