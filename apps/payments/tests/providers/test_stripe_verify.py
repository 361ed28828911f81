"""Signatures: published vectors, and everything that must be refused (R16)."""

import base64
import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings

from apps.payments.providers import provider_of
from apps.payments.providers.base import BadNotification
from apps.payments.providers.stripe_provider import _check_signature

AT = datetime.fromtimestamp(1_795_305_600, UTC)
SECRET = "whsec_test_marketplace_0001"
S1 = (
    b'{"id":"evt_1QmktTest0001","object":"event","api_version":"2026-10-28.endive",'
    b'"created":1795305600,"type":"payment_intent.succeeded","data":{"object":'
    b'{"id":"pi_3QmktTest0001","object":"payment_intent","amount":149900,"currency":"rub",'
    b'"status":"succeeded"}}}'
)
S1_V1 = "1601807f7bae5f749454a76af1da450440521fc32e798ddb8e95379fbd890c58"
S1_OLD = "06347a0c72af8bbdd4a0d315dec0efa492c87981fd2f7f7277607dabcf37ba31"
S1_NO_PREFIX = "6911f498e0e06c0017cd202b9e14dc20321082f0b63012cbcee3bd750d53012d"
S2 = base64.b64decode(
    "ewogICJpZCI6ICJldnRfMVFta3RUZXN0MDAwMiIsCiAgImRlc2NyaXB0aW9uIjogItCX0LDQutCw0Lcg4oSWNDIg"
    "4oCUINGH0LDQuSIKfQ=="
)
S2_V1 = "65799980fa11820878caca360dc69d8710f288a33598614e099639e2dd4cf842"


def verify(body: bytes, header: str, *, at: datetime = AT) -> Any:
    return provider_of("stripe").verify(body=body, headers={"Stripe-Signature": header}, now=at)


def signed(body: bytes, *, secret: str = SECRET, at: int = 1_795_305_600) -> str:
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256)
    return f"t={at},v1={mac.hexdigest()}"


def test_vector_s1_is_accepted() -> None:
    found = verify(S1, f"t=1795305600,v1={S1_V1}")

    assert (found.event_id, found.kind, found.object_id) == (
        "evt_1QmktTest0001",
        "payment_intent.succeeded",
        "pi_3QmktTest0001",
    )
    assert found.created_at == AT
    assert found.is_live is False


def test_vector_s2_is_accepted_over_its_raw_bytes() -> None:
    at = datetime.fromtimestamp(1_795_305_661, UTC)

    _check_signature(S2, f"t=1795305661,v1={S2_V1}", at, settings.STRIPE_WEBHOOK_SECRETS)
    with pytest.raises(BadNotification):
        _check_signature(
            json.dumps(json.loads(S2)).encode(),
            f"t=1795305661,v1={S2_V1}",
            at,
            settings.STRIPE_WEBHOOK_SECRETS,
        )


@pytest.mark.parametrize("secrets", [["whsec_old_0000"], [SECRET], ["whsec_old_0000", SECRET]])
def test_rotation_is_accepted_with_either_secret(settings: Any, secrets: list[str]) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = secrets

    assert verify(S1, f"t=1795305600,v1={S1_OLD},v1={S1_V1}").event_id == "evt_1QmktTest0001"


def test_signature_made_without_the_prefix_is_refused() -> None:
    with pytest.raises(BadNotification):
        verify(S1, f"t=1795305600,v1={S1_NO_PREFIX}")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        f"v1={S1_V1}",
        "t=1795305600",
        "t=1795305600,v1=",
        f"t=,v1={S1_V1}",
        f"t=1795305600,v0={S1_V1}",
        f"t=1795305600,v2={S1_V1}",
        f"t=1795305600;v1={S1_V1}",
        f"t=1795305600,t=1795305600,v1={S1_V1}",
        f"t=1795305601,v1={S1_V1}",
        f"t=-1795305600,v1={S1_V1}",
        f"t=1795305600.0,v1={S1_V1}",
        f"t=١٧٩٥٣٠٥٦٠٠,v1={S1_V1}",
        f"t={'9' * 400},v1={S1_V1}",
        f"t={'9' * 5000},v1={S1_V1}",
        f"t=1795305600,v1={S1_V1[:-1]}",
        f"t=1795305600,v1={S1_V1[:-1]}9",
        f"t=1795305600,v1={S1_V1.upper()}",
        f"t=1795305600,v1={'0' * 64}",
        f"t=1795305600,v1={'п' * 64}",
        f"t=1795305600,v1={S1_OLD}",
    ],
)
def test_signature_header_that_does_not_fit_is_refused(header: str) -> None:
    with pytest.raises(BadNotification):
        verify(S1, header)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        S1 + b"\n",
        b" " + S1,
        S1.replace(b"149900", b"100"),
        S1.replace(b"rub", b"usd"),
        S1.replace(b"pi_3QmktTest0001", b"pi_3QmktTest0002"),
        json.dumps(json.loads(S1)).encode(),
    ],
)
def test_changed_body_is_refused(body: bytes) -> None:
    with pytest.raises(BadNotification):
        verify(body, f"t=1795305600,v1={S1_V1}")


@pytest.mark.parametrize(
    ("shift", "is_accepted"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_age_beyond_five_minutes_either_way_is_refused(shift: int, *, is_accepted: bool) -> None:
    at = datetime.fromtimestamp(1_795_305_600 + shift, UTC)

    if is_accepted:
        assert verify(S1, f"t=1795305600,v1={S1_V1}", at=at)
    else:
        with pytest.raises(BadNotification):
            verify(S1, f"t=1795305600,v1={S1_V1}", at=at)


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"{}",
        b'"event"',
        b"\xff\xfe",
        b"[" * 100_000,
        S1.replace(b'"object":"event"', b'"object":"v2.core.event"'),
        S1.replace(b'"id":"evt_1QmktTest0001"', b'"id":7'),
        S1.replace(b'"id":"evt_1QmktTest0001"', b'"id":""'),
        S1.replace(b"evt_1QmktTest0001", b"e" * 81),
        S1.replace(b"evt_1QmktTest0001", b"evt\\u0000"),
        S1.replace(b'"created":1795305600', b'"created":1e400'),
        S1.replace(b'"created":1795305600', b'"created":99999999999999999999'),
        S1.replace(b'"created":1795305600', b'"livemode":true'),
        S1.replace(b'"amount":149900', b'"amount":149900,"amount":1'),
        S1.replace(b'"type":', b'"type":"charge.refunded","type":'),
    ],
)
def test_well_signed_body_that_is_no_event_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(BadNotification):
        verify(body, signed(body))


def test_event_about_an_object_without_id_is_accepted() -> None:
    body = b'{"id":"evt_2","object":"event","type":"balance.available","created":1,"data":{"object":{}}}'

    assert verify(body, signed(body)).object_id == ""


def test_live_event_is_refused_in_test_mode_and_accepted_in_live(settings: Any) -> None:
    body = S1.replace(b'"created"', b'"livemode":true,"created"')

    with pytest.raises(BadNotification):
        verify(body, signed(body))
    settings.STRIPE_LIVE_MODE = True
    assert verify(body, signed(body)).is_live is True
