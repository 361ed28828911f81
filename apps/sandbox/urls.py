"""Routes of the development app."""

from django.urls import path

from apps.sandbox.web import mailbox, styleguide

app_name = "sandbox"
urlpatterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:mail_id>/", mailbox.mail, name="mail"),
    path("mailbox/<int:mail_id>/html/", mailbox.mail_html, name="mail_html"),
    path("styleguide/", styleguide.guide, name="styleguide"),
    path("styleguide/states.css", styleguide.held_states, name="styleguide_states"),
]
