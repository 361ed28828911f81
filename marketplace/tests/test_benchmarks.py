"""The benchmarks' own parts: what is sent, what is judged, and (nightly) that every part runs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from benchmarks.report import print_growth
from benchmarks.targets import TARGETS, verdict
from benchmarks.wire import Request, write

ROW = {"journey": "product", "visitor": "signed in, first", "concurrency": 8}


def test_request_stands_whole_as_a_proxy_would_pass_it_on(tmp_path: Path) -> None:
    request = Request(
        "/en/cart/add/",
        method="POST",
        cookies={"currency": "UZS"},
        body=b"quantity=1",
        address="10.1.2.3",
    )
    whole = (
        b"POST /en/cart/add/ HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 10.1.2.3\r\n"
        b"X-Forwarded-Proto: https\r\nAccept-Encoding: gzip\r\nCookie: currency=UZS\r\n"
        b"Content-Length: 10\r\n\r\nquantity=1"
    )
    assert request.encoded("shop") == whole
    write([request, request], "shop", tmp_path / "requests")
    assert (tmp_path / "requests").read_bytes() == 2 * (b"%d\n%b" % (len(whole), whole))


def test_virtual_users_have_addresses_of_their_own() -> None:
    sent = {Request("/en/").all_headers()["X-Forwarded-For"] for _ in range(100)}
    assert len(sent) > 90


@pytest.mark.parametrize(
    ("per_second", "statements", "said"),
    [
        (400.0, 6.2, ">= 400/s ok; <= 6 statements ok"),
        (399.9, 6.6, ">= 400/s MISS; <= 6 statements MISS"),
    ],
)
def test_verdict_names_each_target_beside_the_figure(
    per_second: float, statements: float, said: str
) -> None:
    row = ROW | {"per_second": per_second, "statements": statements, "p95": 1.0}
    assert verdict(row) == said
    assert verdict(row | {"concurrency": 1}) == ""


def test_verdict_of_the_hot_sku_is_a_miss_with_one_unit_too_many() -> None:
    rounds = [{"units": 50, "sold": 50, "held": 50}]
    row = {"journey": "hot SKU", "oversold": 0, "errors": 0, "rounds": rounds}
    assert verdict(row).endswith("ok")
    wrong: list[dict[str, Any]] = [
        {"oversold": 1},
        {"errors": 1},
        {"rounds": [rounds[0] | {"held": 49}]},
    ]
    for change in wrong:
        assert verdict(row | change).endswith("MISS")


def test_growth_is_how_much_slower_the_larger_catalogue_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = ROW | {"per_second": 300.0, "p95": 5.0}
    larger = {"products": 1_000_000, "rows": [row | {"per_second": 240.0}]}
    print_growth({"products": 42_994, "rows": [row]}, larger)
    assert "+25 %" in (printed := capsys.readouterr().out)
    assert "<= 20 % MISS" in printed


@pytest.mark.nightly
@pytest.mark.timeout(1500)
def test_every_part_runs_and_nothing_goes_wrong(tmp_path: Path) -> None:
    environment = os.environ | {"BENCH_VAR": str(tmp_path), "BENCH_QUICK": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    for parts in (["costs", "finding", "placing"], []):
        subprocess.run(
            [sys.executable, "-m", "benchmarks", "--products", "300", *parts],
            env=environment,
            cwd=settings.BASE_DIR,
            check=True,
            timeout=700,
        )

    (result,) = (tmp_path / "results").glob("*.json")
    found = json.loads(result.read_text())
    assert found["bare view per second"] > 0
    rows = found["rows"]
    assert {target.journey for target in TARGETS} <= {row["journey"] for row in rows}
    assert [row for row in rows if row["errors"]] == []
    assert all(row["requests"] for row in rows if row["journey"] != "hot SKU")
    (hot,) = (row for row in rows if row["journey"] == "hot SKU")
    assert verdict(hot).endswith("ok")
    assert not list(tmp_path.glob("run-*"))
