"""How our views describe themselves in the OpenAPI document."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from apps.core.api.permissions import Public
from apps.core.api.problems import MEDIA_TYPE
from apps.core.api.serializers import Problem

_MEANINGS = {
    400: "Malformed: not JSON, or a required header is missing.",
    401: "The session token does not fit, or there is none.",
    404: "Not there, or not yours.",
    409: "Refused as things stand; `code` says why. With `Retry-After`: ask again.",
    415: "The body is of a type that is not taken here.",
    422: "A field is missing, wrong or not expected; `errors` names it.",
    429: "Too many requests; `Retry-After` says when to come back.",
}
_KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    type=str,
    description="One new value per intention, 1 to 255 characters. A repeat gets the first answer"
    " with `Idempotent-Replay: true`; while the first is worked on, 409 with `Retry-After`.",
)
_CART = OpenApiParameter(
    name="X-Cart-Token",
    location=OpenApiParameter.HEADER,
    type=str,
    description="A guest's cart: `cart_token` of the answer that made it.",
)
_ORDER = OpenApiParameter(
    name="X-Order-Token",
    location=OpenApiParameter.HEADER,
    type=str,
    description="A guest's order: `order_token` of the answer that placed it.",
)


HEADERS = {"key": _KEY, "cart": _CART, "order": _ORDER}


class Schema(AutoSchema):
    """Names an operation by its method and path: unique, and stable when others come."""

    def get_operation_id(self) -> str:
        parts = [part.strip("{}") for part in self.path.split("/")[3:] if part]
        return "_".join([self.method.lower(), *parts]).replace("-", "_")

    def get_auth(self) -> list[dict[str, Any]]:
        """Where anybody may call, the token is no requirement."""
        required: list[dict[str, Any]] = super().get_auth()
        is_open = any(isinstance(one, Public) for one in self.view.get_permissions())
        return [*required, {}] if is_open else required


def described(
    summary: str,
    *,
    answer: Any,
    body: Any = None,
    query: Any = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
    headers: tuple[str, ...] = (),
) -> Callable[..., Any]:
    """Describe one method of a view: body and query serializers, the answer, the refusals.

    `headers` are keys of HEADERS.
    """
    codes = {*errors, 401, 429, *((400, 415) if body else ()), *((422,) if body or query else ())}
    if "key" in headers:
        codes |= {400, 409, 422}
    responses: dict[Any, Any] = {status: answer}
    for code in sorted(codes):
        responses[code, MEDIA_TYPE] = OpenApiResponse(Problem, description=_MEANINGS[code])
    return extend_schema(
        summary=summary,
        request=body,
        parameters=[*([query] if query else []), *(HEADERS[name] for name in headers)],
        responses=responses,
    )


class AppSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "apps.accounts.api.authentication.AppSessionAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "The session token of allauth's app client (/_allauth/app/v1/).",
        }
