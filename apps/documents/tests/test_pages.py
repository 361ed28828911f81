"""Who gets which paper, on pages and over the API; how a page waits for the file; how the file leaves."""

from typing import Any

import pytest
from django.test import Client

from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.viewer import ANONYMOUS, Viewer, viewer_of
from apps.documents import selectors
from apps.documents.models import Document, Rendering
from apps.documents.services import filing
from apps.documents.tests.world import of_kind, receipt_of, refunded, render_all
from apps.documents.types import DocumentKind, FileState
from apps.orders.models import Order
from apps.orders.selectors import order_grant
from apps.orders.tests.services.fulfilling import confirmed_order, owner, paid_order, ship
from apps.orders.tests.services.world import now
from apps.seller_centre.tests.shop import browser, member_user, owner_user
from apps.seller_centre.tests.shop import owner as owner_client
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(offers_each=3)


@pytest.fixture
def buyer(world: World) -> Client:
    return browser(world.buyer)


def url_of(document: Document, tail: str = "") -> str:
    order = document.order
    assert order is not None
    return f"/en/orders/{order.group_id}/documents/{document.id}/{tail}"


def strangers(world: World) -> list[Viewer]:
    return [
        ANONYMOUS,
        viewer_of(make_user("other@people.example")),
        viewer_of(owner_user(world.sellers[1])),
        viewer_of(make_user("staff@people.example", is_staff=True)),
    ]


def test_buyer_finds_the_receipts_on_the_order_and_downloads_one(
    world: World, buyer: Client
) -> None:
    order = paid_order(world)
    receipt = receipt_of(order)
    path = f"/en/orders/{order.group_id}/"

    assert "Being prepared" in buyer.get(path).content.decode()
    render_all()
    html = buyer.get(path).content.decode()
    answer = buyer.get(url_of(receipt, "file/"))

    assert url_of(receipt, "file/") in html
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.7")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{receipt.number}.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    kept = Rendering.objects.get()
    assert kept.size_bytes == len(answer.content)
    assert kept.key.startswith("receipt/")
    assert kept.key.endswith(f"-en-{kept.sha256[:16]}.pdf")


def test_page_waits_for_the_file_and_changes_by_itself(world: World, buyer: Client) -> None:
    receipt = receipt_of(paid_order(world))

    waiting = buyer.get(url_of(receipt)).content.decode()
    assert "It is being prepared" in waiting
    assert f'hx-get="{url_of(receipt)}"' in waiting
    assert f'content="2;url={url_of(receipt)}"' in waiting

    render_all()
    part = buyer.get(url_of(receipt), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "The document is ready" in part
    assert url_of(receipt, "file/") in part
    assert "hx-get" not in part


def test_file_in_another_language_is_made_when_asked_for(world: World, buyer: Client) -> None:
    receipt = receipt_of(paid_order(world))
    render_all()
    path = url_of(receipt).replace("/en/", "/ru/")

    assert buyer.get(path + "file/").status_code == 404
    assert Rendering.objects.count() == 1
    answer = buyer.post(path)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert Rendering.objects.count() == 2
    render_all()

    english = buyer.get(url_of(receipt, "file/")).content
    russian = buyer.get(path + "file/").content
    assert russian.startswith(b"%PDF")
    assert russian != english


def test_machine_without_the_renderer_says_so_and_the_order_page_works(
    world: World, buyer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid_order(world)
    receipt = receipt_of(order)

    def cannot(**given: Any) -> bytes:
        raise filing.CannotPrint("no library")

    with monkeypatch.context() as broken:
        broken.setattr(filing, "pdf_of", cannot)
        render_all()
    html = buyer.get(url_of(receipt)).content.decode()
    assert "It cannot be prepared now" in html
    assert "no library" not in html
    assert buyer.get(f"/en/orders/{order.group_id}/").status_code == 200
    assert buyer.get(url_of(receipt, "file/")).status_code == 404

    buyer.post(url_of(receipt))
    render_all()
    assert "The document is ready" in buyer.get(url_of(receipt)).content.decode()


def test_holder_of_the_orders_link_has_its_receipts(world: World) -> None:
    order = paid_order(world)
    guest = ANONYMOUS.with_grant(order_grant(order.group))

    (found,) = selectors.order_documents(guest, order.group_id, "en")

    assert (found.kind, found.state) == (DocumentKind.RECEIPT, FileState.PREPARING)


def test_strangers_find_no_paper_of_a_buyer(world: World) -> None:
    order = paid_order(world)
    receipt = receipt_of(order)
    render_all()

    for viewer in strangers(world):
        with pytest.raises(NotFound):
            selectors.order_documents(viewer, order.group_id, "en")
        with pytest.raises(NotFound):
            selectors.buyer_document(viewer, order.group_id, receipt.id, "en")
    other = browser(make_user("third@people.example"))
    assert other.get(url_of(receipt)).status_code == 404
    assert other.post(url_of(receipt)).status_code == 404
    assert other.get(url_of(receipt, "file/")).status_code == 404


def test_buyer_does_not_get_the_papers_of_the_parcel_or_of_another_order(
    world: World, buyer: Client
) -> None:
    order, another = confirmed_order(world), paid_order(world, offers=(1,))
    client = owner_client(world)
    client.post(f"/en/seller/orders/{order.id}/documents/", {"kind": "PACKING_SLIP"})
    (slip,) = of_kind(DocumentKind.PACKING_SLIP)
    render_all()

    assert buyer.get(url_of(slip, "file/")).status_code == 404
    wrong = f"/en/orders/{another.group_id}/documents/{receipt_of(order).id}/file/"
    assert buyer.get(wrong).status_code == 404


def test_each_role_of_a_shop_sees_its_kinds(world: World) -> None:
    order = confirmed_order(world)
    parcel = ship(order)
    client = owner_client(world)
    refunded(order)
    make = f"/en/seller/orders/{order.id}/documents/"
    for kind in ("PACKING_SLIP", "LABEL"):
        answer = client.post(make, {"kind": kind, "parcel": str(parcel.id)})
        assert answer.status_code == 302
    money, parcels = {"RECEIPT", "REFUND_RECEIPT"}, {"PACKING_SLIP", "LABEL"}
    expected = {
        MemberRole.MANAGER: money | parcels,
        MemberRole.FINANCE: money,
        MemberRole.STOCK: parcels,
    }

    for role, kinds in expected.items():
        viewer = viewer_of(member_user(world.sellers[0], role))
        found = selectors.seller_order_documents(viewer, order.id, "en")
        assert {paper.kind for paper in found} == kinds
        for document in Document.objects.all():
            if document.kind in kinds:
                assert selectors.seller_document(viewer, document.id, "en").id == document.id
            else:
                with pytest.raises(NotFound):
                    selectors.seller_document(viewer, document.id, "en")
    for viewer in strangers(world):
        with pytest.raises(NotFound):
            selectors.seller_order_documents(viewer, order.id, "en")
        for document in Document.objects.all():
            with pytest.raises(NotFound):
                selectors.seller_document(viewer, document.id, "en")


def test_seller_makes_a_label_once_and_a_slip_anew_when_the_rest_has_changed(
    world: World,
) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=2)
    client, make = owner_client(world), f"/en/seller/orders/{order.id}/documents/"
    client.post(make, {"kind": "PACKING_SLIP"})
    client.post(make, {"kind": "PACKING_SLIP"})
    parcel = ship(order, {order.lines.earliest("id").id: 1})
    client.post(make, {"kind": "PACKING_SLIP"})
    label = {"kind": "LABEL", "parcel": str(parcel.id)}
    first, second = client.post(make, label), client.post(make, label)

    slips = [
        [line["quantity"] for line in slip.facts["lines"]]
        for slip in of_kind(DocumentKind.PACKING_SLIP)
    ]
    assert slips == [[2, 2], [1, 2]]
    assert first["Location"] == second["Location"]
    (paper,) = of_kind(DocumentKind.LABEL)
    assert (paper.number, paper.serial) == (parcel.number, None)
    assert paper.facts["to"]["recipient_name"] == "Aziza Karimova"
    assert paper.facts["weight_grams"] == 500
    assert "UZS" not in str(paper.facts)


def test_seller_asking_for_nonsense_or_for_what_is_gone_is_told(world: World) -> None:
    order, other = confirmed_order(world), confirmed_order(world, offers=(1,))
    foreign = ship(other)
    client, make = owner_client(world), f"/en/seller/orders/{order.id}/documents/"

    for given in (
        {},
        {"kind": "RECEIPT"},
        {"kind": "LABEL"},
        {"kind": "LABEL", "parcel": "x"},
        {"kind": "LABEL", "parcel": str(foreign.id)},
        {"kind": "PACKING_SLIP", "parcel": str(foreign.id)},
    ):
        assert client.post(make, given).status_code == 404
    ship(order)
    answer = client.post(make, {"kind": "PACKING_SLIP"}, follow=True)
    assert "Everything of this order is sent." in answer.content.decode()
    assert not Document.objects.filter(kind__in=["LABEL", "PACKING_SLIP"]).exists()


def test_staff_download_with_permission_and_leave_a_trace(world: World) -> None:
    from apps.backoffice.tests.world import client_of, staff

    receipt = receipt_of(paid_order(world))
    path = f"/backoffice/documents/document/{receipt.id}/file/"
    allowed = client_of(staff("a@staff.example", "documents.view_document"))
    refused = client_of(staff("b@staff.example", "orders.view_order"))

    assert allowed.get(path).status_code == 302
    render_all()
    assert allowed.get(path).content.startswith(b"%PDF")
    assert refused.get(path).status_code == 403
    assert browser(world.buyer).get(path).status_code == 302
    trace = AuditEntry.objects.get(action="documents.downloaded")
    assert (trace.target_id, trace.actor_label) == (str(receipt.id), "a@staff.example")


def papers(world: World, order: Order) -> int:
    return len(selectors.order_documents(world.viewer(), order.group_id, "en"))


def test_lists_cost_the_same_for_one_paper_and_three(
    world: World, django_assert_num_queries: Any
) -> None:
    small, large = paid_order(world), paid_order(world, offers=(1,))
    for minor in (1_000_00, 2_000_00):
        refunded(large, minor)
    assert (papers(world, small), papers(world, large)) == (1, 3)

    seller = owner()
    for order in (small, large):
        with django_assert_num_queries(3):
            selectors.order_documents(world.viewer(), order.group_id, "en")
        with django_assert_num_queries(4):
            selectors.seller_order_documents(seller, order.id, "en")


def test_letters_lead_to_the_documents_of_the_order(world: World) -> None:
    from apps.notifications.models import Delivery
    from apps.notifications.services import render_email

    refunded(paid_order(world))

    for kind in ("order_paid", "order_refunded"):
        delivery = Delivery.objects.get(kind=kind)
        message = render_email(kind, "en", delivery.context)
        assert f"{delivery.context['url']}#documents" in message.body
        assert "Receipts of this order" in str(message.alternatives[0].content)


def test_file_that_is_gone_from_storage_is_not_found(world: World, buyer: Client) -> None:
    receipt = receipt_of(paid_order(world))
    Rendering.objects.update(
        key="receipt/nothing.pdf", sha256="0" * 64, size_bytes=1, rendered_at=now()
    )

    assert buyer.get(url_of(receipt, "file/")).status_code == 404
