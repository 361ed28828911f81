"""Routes of the courier's API."""

from django.urls import path

from apps.courier_desk.api import views

urlpatterns = [
    path("courier/tasks/", views.TasksView.as_view(), name="courier-tasks"),
    path("courier/tasks/<uuid:shipment_id>/take/", views.TakeView.as_view(), name="courier-take"),
    path(
        "courier/tasks/<uuid:shipment_id>/release/",
        views.ReleaseView.as_view(),
        name="courier-release",
    ),
    path(
        "courier/tasks/<uuid:shipment_id>/start/", views.StartView.as_view(), name="courier-start"
    ),
    path(
        "courier/tasks/<uuid:shipment_id>/deliver/",
        views.DeliverView.as_view(),
        name="courier-deliver",
    ),
    path("courier/tasks/<uuid:shipment_id>/fail/", views.FailView.as_view(), name="courier-fail"),
    path("courier/position/", views.PositionView.as_view(), name="courier-position"),
]
