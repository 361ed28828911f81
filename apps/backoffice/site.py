"""The back office: Django's admin with its own look and its own order."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class BackofficeSite(AdminSite):
    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("Overview")
    enable_nav_sidebar = True
