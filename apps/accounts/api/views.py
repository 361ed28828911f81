"""A person's own particulars and addresses."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors
from apps.accounts.api.serializers import (
    AccountIn,
    AccountOut,
    AddressesOut,
    AddressIn,
    AddressOut,
)
from apps.accounts.services import addresses, profiles
from apps.accounts.types import AddressFields, ProfileFields
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.views import ApiView


class MeView(ApiView):
    permission_classes = [SignedIn]

    @described("Who I am", answer=AccountOut)
    def get(self, request: Request) -> Response:
        return Response(AccountOut.of(selectors.account(self.viewer)))

    @described("Change my particulars", body=AccountIn, answer=AccountOut)
    def patch(self, request: Request) -> Response:
        given = self.read(AccountIn)
        user = selectors.account(self.viewer)
        values = {
            name: given.get(name, getattr(user, name))
            for name in ("full_name", "phone", "language", "currency")
        }
        user = profiles.update_profile(user_id=user.id, fields=ProfileFields(**values))
        return Response(AccountOut.of(user))


def _split(given: dict[str, Any]) -> tuple[AddressFields, bool]:
    is_default = bool(given.pop("is_default"))
    return AddressFields(**given), is_default


class AddressesView(ApiView):
    permission_classes = [SignedIn]

    @described("My addresses", answer=AddressesOut)
    def get(self, request: Request) -> Response:
        return Response(AddressesOut.of({"results": selectors.addresses(self.viewer)}))

    @described("Keep an address", body=AddressIn, answer=AddressOut, status=201)
    def post(self, request: Request) -> Response:
        fields, is_default = _split(self.read(AddressIn))
        made = addresses.add_address(user_id=self.account_id, fields=fields, is_default=is_default)
        return Response(AddressOut.of(made), status=201)


class AddressView(ApiView):
    permission_classes = [SignedIn]

    @described("One of my addresses", answer=AddressOut, errors=(404,))
    def get(self, request: Request, address_id: UUID) -> Response:
        return Response(AddressOut.of(selectors.address(self.viewer, address_id)))

    @described("Change an address", body=AddressIn, answer=AddressOut, errors=(404,))
    def put(self, request: Request, address_id: UUID) -> Response:
        fields, is_default = _split(self.read(AddressIn))
        changed = addresses.change_address(
            user_id=self.account_id, address_id=address_id, fields=fields, is_default=is_default
        )
        return Response(AddressOut.of(changed))

    @described("Drop an address", answer=None, status=204, errors=(404,))
    def delete(self, request: Request, address_id: UUID) -> Response:
        addresses.delete_address(user_id=self.account_id, address_id=address_id)
        return Response(status=204)
