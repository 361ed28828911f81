"""The mailbox page."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.sandbox.mailbox import DemoMailboxBackend
from apps.sandbox.models import CaughtEmail


def send(number: int) -> CaughtEmail:
    message = EmailMultiAlternatives(
        f"Subject {number}",
        "See http://127.0.0.1:8000/en/ <b>now</b>",
        "a@x.example",
        ["b@x.example"],
    )
    message.attach_alternative("<p style='color:red'>Hello</p>", "text/html")
    DemoMailboxBackend(alias="default").send_messages([message])
    return CaughtEmail.objects.latest("id")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_mailbox_any_number_of_mails_takes_one_query(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        send(number)
    with django_assert_num_queries(1):
        page = client.get("/mailbox/")
    assert page.status_code == 200
    assert page.content.decode().count("Subject ") == count
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.django_db
def test_mail_text_is_escaped_and_links_work(client: Client) -> None:
    mail = send(1)
    page = client.get(f"/mailbox/{mail.id}/").content.decode()
    assert '<a href="http://127.0.0.1:8000/en/"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


@pytest.mark.django_db
def test_mail_html_is_shown_where_no_script_runs(client: Client) -> None:
    answer = client.get(f"/mailbox/{send(1).id}/html/")
    assert answer.content == b"<p style='color:red'>Hello</p>"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.django_db
def test_mail_unknown_is_not_found(client: Client) -> None:
    assert client.get("/mailbox/404/").status_code == 404
