"""Routes of the courier's and the pickup clerk's pages."""

from django.urls import path

from apps.courier_desk.web import courier, pickup

app_name = "courier_desk"
urlpatterns = [
    path("courier/", courier.index, name="courier"),
    path("courier/start/", courier.start_round, name="start_round"),
    path("courier/position/", courier.position, name="position"),
    path("courier/stops/<uuid:shipment_id>/", courier.stop, name="stop"),
    path("courier/stops/<uuid:shipment_id>/take/", courier.take, name="take"),
    path("courier/stops/<uuid:shipment_id>/release/", courier.release, name="release"),
    path("courier/stops/<uuid:shipment_id>/start/", courier.start, name="start"),
    path("courier/stops/<uuid:shipment_id>/deliver/", courier.deliver, name="deliver"),
    path("courier/stops/<uuid:shipment_id>/fail/", courier.fail, name="fail"),
    path("courier/stops/<uuid:shipment_id>/return/", courier.give_back, name="give_back"),
    path("pickup/", pickup.index, name="pickup"),
    path("pickup/find/", pickup.find, name="pickup_find"),
    path("pickup/parcels/<uuid:shipment_id>/", pickup.parcel, name="pickup_parcel"),
    path("pickup/parcels/<uuid:shipment_id>/arrive/", pickup.arrive, name="pickup_arrive"),
    path("pickup/parcels/<uuid:shipment_id>/hand-out/", pickup.hand_out, name="pickup_hand_out"),
    path("pickup/parcels/<uuid:shipment_id>/return/", pickup.give_back, name="pickup_return"),
]
