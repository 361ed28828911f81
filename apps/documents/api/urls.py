"""Routes of the API of documents."""

from django.urls import path

from apps.documents.api import views

urlpatterns = [
    path(
        "orders/<uuid:group_id>/documents/",
        views.OrderDocumentsView.as_view(),
        name="order-documents",
    ),
    path(
        "orders/<uuid:group_id>/documents/<uuid:document_id>/",
        views.OrderDocumentView.as_view(),
        name="order-document",
    ),
    path(
        "orders/<uuid:group_id>/documents/<uuid:document_id>/file/",
        views.OrderDocumentFileView.as_view(),
        name="order-document-file",
    ),
    path(
        "seller/orders/<uuid:order_id>/documents/",
        views.SellerOrderDocumentsView.as_view(),
        name="seller-order-documents",
    ),
    path("seller/statements/", views.StatementsView.as_view(), name="seller-statements"),
    path(
        "seller/documents/<uuid:document_id>/",
        views.SellerDocumentView.as_view(),
        name="seller-document",
    ),
    path(
        "seller/documents/<uuid:document_id>/file/",
        views.SellerDocumentFileView.as_view(),
        name="seller-document-file",
    ),
]
