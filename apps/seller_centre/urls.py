"""Routes of the seller centre, under /{language}/seller/."""

from django.urls import path

from apps.seller_centre.web import finance, offers, orders, reviews, shops, staff, warehouses

app_name = "seller_centre"
urlpatterns = [
    path("", shops.index, name="index"),
    path("apply/", shops.apply, name="apply"),
    path("orders/<uuid:order_id>/", orders.show, name="order"),
    path("orders/<uuid:order_id>/confirm/", orders.confirm, name="order_confirm"),
    path("orders/<uuid:order_id>/ship/", orders.ship, name="order_ship"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="order_cancel"),
    path("orders/<uuid:order_id>/packing-slip/", orders.packing_slip, name="packing_slip"),
    path("<uuid:seller_id>/", shops.home, name="home"),
    path("<uuid:seller_id>/orders/", orders.index, name="orders"),
    path("<uuid:seller_id>/offers/", offers.index, name="offers"),
    path("<uuid:seller_id>/offers/new/", offers.add, name="offer_new"),
    path("<uuid:seller_id>/offers/<uuid:offer_id>/", offers.show, name="offer"),
    path("<uuid:seller_id>/offers/<uuid:offer_id>/price/", offers.set_price, name="offer_price"),
    path("<uuid:seller_id>/offers/<uuid:offer_id>/sale/", offers.set_on_sale, name="offer_sale"),
    path("<uuid:seller_id>/offers/<uuid:offer_id>/stock/", offers.count, name="offer_stock"),
    path("<uuid:seller_id>/warehouses/", warehouses.index, name="warehouses"),
    path("<uuid:seller_id>/warehouses/new/", warehouses.add, name="warehouse_new"),
    path("<uuid:seller_id>/warehouses/<uuid:warehouse_id>/", warehouses.edit, name="warehouse"),
    path("<uuid:seller_id>/reviews/", reviews.index, name="reviews"),
    path("<uuid:seller_id>/reviews/<uuid:review_id>/answer/", reviews.answer, name="review_answer"),
    path(
        "<uuid:seller_id>/reviews/<uuid:review_id>/answer/remove/",
        reviews.remove,
        name="review_answer_remove",
    ),
    path("<uuid:seller_id>/finance/", finance.index, name="finance"),
    path("<uuid:seller_id>/finance/<uuid:settlement_id>/", finance.settlement, name="settlement"),
    path("<uuid:seller_id>/staff/", staff.index, name="staff"),
    path("<uuid:seller_id>/staff/add/", staff.add, name="staff_add"),
    path("<uuid:seller_id>/staff/<int:member_id>/role/", staff.change_role, name="staff_role"),
    path("<uuid:seller_id>/staff/<int:member_id>/remove/", staff.remove, name="staff_remove"),
]
