"""The order page's socket: tells that something changed; the page then reads the state itself."""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from apps.accounts.api.authentication import account_of_token
from apps.core.viewer import GrantExpired, GrantToken, Viewer, viewer_of
from apps.core.web.middleware import ORDER_GRANTS_SESSION_KEY, ORDER_HEADER
from apps.orders.live import channel_group
from apps.orders.selectors import ORDER_GRANT, last_change, may_see_group

CLOSE_NOT_FOUND = 4404


class OrderGroupConsumer(AsyncJsonWebsocketConsumer):
    """Sends {"type": "changed", "seq": n}; n rises with each fact about the group."""

    group_id: UUID

    async def connect(self) -> None:
        self.group_id = self.scope["url_route"]["kwargs"]["group_id"]
        viewer = await database_sync_to_async(self._viewer)()
        if not await database_sync_to_async(may_see_group)(viewer, self.group_id):
            await self.close(code=CLOSE_NOT_FOUND)
            return
        await self.channel_layer.group_add(channel_group(self.group_id), self.channel_name)
        await self.accept()
        # What changed before the page was listening is caught up with by this first word.
        await self._tell()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(channel_group(self.group_id), self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """The page has nothing to say here: whatever it sends is ignored."""

    async def order_changed(self, message: dict[str, Any]) -> None:
        await self._tell()

    async def _tell(self) -> None:
        seq = await database_sync_to_async(last_change)(self.group_id)
        await self.send_json({"type": "changed", "seq": seq})

    def _viewer(self) -> Viewer:
        """A browser has its session; an app sends the headers that it sends to the API."""
        session = self.scope.get("session")
        tokens = list(session.get(ORDER_GRANTS_SESSION_KEY, [])) if session is not None else []
        if token := self._header(ORDER_HEADER):
            tokens.append(token)
        grants = set()
        for token in tokens:
            try:
                grants.add(GrantToken.read(token, kind=ORDER_GRANT))
            except GrantExpired:
                continue
        account = self.scope["user"]
        if token := self._header("X-Session-Token"):
            account = account_of_token(token) or AnonymousUser()
        return viewer_of(account, frozenset(grants))

    def _header(self, name: str) -> str:
        sent = {key.lower(): value for key, value in self.scope.get("headers", [])}
        return str(sent.get(name.lower().encode(), b"").decode("latin-1"))
