"""Pages of the shop: the frame around them, browsing, trade."""

from apps.storefront.web import urls_browse, urls_frame, urls_trade

app_name = "storefront"
urlpatterns = [
    *urls_frame.urlpatterns,
    *urls_browse.urlpatterns,
    *urls_trade.urlpatterns,
]
