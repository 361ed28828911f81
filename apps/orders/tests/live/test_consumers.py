"""The order page's socket: the owner is told, a stranger is refused."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import User
from apps.core.viewer import GrantToken
from apps.core.web.middleware import ORDER_GRANTS_SESSION_KEY
from apps.orders.live import nudge
from apps.orders.models import OrderGroup
from apps.orders.selectors import order_grant
from apps.orders.services import carts, checkouts, placing
from marketplace.live import websocket_routes
from marketplace.tests.api_client import session_token
from marketplace.tests.world import ADDRESS, NOW, make_user, make_world


def _placed() -> tuple[OrderGroup, User | None]:
    world = make_world()
    viewer = world.viewer()
    carts.add_line(viewer=viewer, offer_id=world.offers[0].id, quantity=1, now=NOW)
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=NOW)
    given = checkouts.CheckoutInput(email="buyer@people.example", address=ADDRESS)
    checkouts.update_checkout(viewer=viewer, checkout_id=checkout.id, given=given)
    checkout, quote = checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=NOW)
    group = placing.place_order(
        viewer=viewer, checkout_id=checkout.id, quote_digest=quote.digest, now=NOW
    )
    return group, world.buyer


def _socket(
    group_id: UUID, user: Any, tokens: list[str], headers: dict[str, str] | None = None
) -> ApplicationCommunicator:
    """A connection as the live process sees it (channels.testing would need a server installed)."""
    scope = {
        "type": "websocket",
        "path": f"/ws/orders/{group_id}/",
        "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
        "user": user,
        "session": {ORDER_GRANTS_SESSION_KEY: tokens},
    }
    return ApplicationCommunicator(URLRouter(websocket_routes), scope)


async def _answer(socket: ApplicationCommunicator) -> dict[str, Any]:
    await socket.send_input({"type": "websocket.connect"})
    return await socket.receive_output(5)


async def _word(socket: ApplicationCommunicator) -> dict[str, Any]:
    message = await socket.receive_output(5)
    assert message["type"] == "websocket.send"
    return json.loads(message["text"])


@pytest.mark.usefixtures("committed_db")
def test_socket_tells_the_owner_and_the_link_holder_and_refuses_strangers() -> None:
    async def walk() -> None:
        group, buyer = await sync_to_async(_placed)()
        stranger = await sync_to_async(make_user)("other@people.example")
        token = GrantToken.write(order_grant(group))
        for user, tokens in ((stranger, []), (AnonymousUser(), []), (AnonymousUser(), ["forged"])):
            answer = await _answer(_socket(group.id, user, tokens))
            assert (answer["type"], answer["code"]) == ("websocket.close", 4404)
        for user, tokens in ((buyer, []), (AnonymousUser(), [token])):
            socket = _socket(group.id, user, tokens)
            assert (await _answer(socket))["type"] == "websocket.accept"
            first = await _word(socket)
            await sync_to_async(nudge)(group.id)
            assert await _word(socket) == first
            assert first["type"] == "changed"
            assert first["seq"] > 0
            await socket.send_input({"type": "websocket.disconnect", "code": 1000})
            await socket.wait(5)

    asyncio.run(walk())


@pytest.mark.usefixtures("committed_db")
def test_socket_takes_the_headers_that_an_app_sends_to_the_api() -> None:
    async def walk() -> None:
        group, buyer = await sync_to_async(_placed)()
        stranger = await sync_to_async(make_user)("other@people.example")
        nobody = AnonymousUser()
        order_token = GrantToken.write(order_grant(group))
        token = await sync_to_async(session_token)(buyer)
        other = await sync_to_async(session_token)(stranger)
        for user, headers in (
            (nobody, {"X-Order-Token": "forged"}),
            (nobody, {"X-Session-Token": "forged"}),
            (nobody, {"X-Session-Token": other}),
            # The token decides, not a cookie that came along.
            (buyer, {"X-Session-Token": other}),
        ):
            answer = await _answer(_socket(group.id, user, [], headers))
            assert (answer["type"], answer["code"]) == ("websocket.close", 4404)
        for headers in ({"X-Order-Token": order_token}, {"X-Session-Token": token}):
            socket = _socket(group.id, nobody, [], headers)
            assert (await _answer(socket))["type"] == "websocket.accept"
            assert (await _word(socket))["type"] == "changed"
            await socket.send_input({"type": "websocket.disconnect", "code": 1000})
            await socket.wait(5)

    asyncio.run(walk())
