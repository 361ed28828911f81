"""The demo's mailbox: what the shop mailed, newest first. Anybody may read it: the demo has no secrets."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from apps.core.errors import NotFound
from apps.core.web.caching import private_page
from apps.sandbox.models import CaughtEmail
from apps.sandbox.selectors import caught_email, caught_emails


@private_page
def mailbox(request: HttpRequest) -> HttpResponse:
    return render(request, "sandbox/mailbox.html", {"mails": caught_emails()})


@private_page
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    return render(request, "sandbox/mailbox_mail.html", {"mail": _mail(mail_id)})


@private_page
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The mail as its reader sees it, in a frame where no script runs."""
    response = HttpResponse(_mail(mail_id).html)
    # Mails carry inline styles; this answer alone may use them, and nothing else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return response


def _mail(mail_id: int) -> CaughtEmail:
    try:
        return caught_email(mail_id)
    except NotFound as error:
        raise Http404 from error
