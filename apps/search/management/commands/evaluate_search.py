"""Measure the engine's ranking on rated queries.

The products are indexed inside a transaction that is rolled back: for a database without traffic.
"""

import csv
import gzip
import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.catalog.types import SearchSource
from apps.search.judging import condensed_ndcg, ndcg
from apps.search.selectors import current_engine
from apps.search.types import SearchQuery

BATCH = 500
HITS = 100


class Command(BaseCommand):
    help = "Print nDCG@10, condensed nDCG@10 and times of the engine on queries rated by people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, required=True)
        parser.add_argument("--queries", default="queries_dev.csv")
        parser.add_argument("--qrels", default="qrels_dev.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"]
        if not (folder / "products.jsonl.gz").is_file():
            raise CommandError(f"{folder} has no products.jsonl.gz")
        queries = {  # noqa: C416  dict() loses the two strings for mypy
            query_id: text
            for query_id, text in _rows(folder / options["queries"], "query_id", "query")
        }
        ratings: dict[str, dict[str, int]] = {}
        for query_id, code, rating in _rows(
            folder / options["qrels"], "query_id", "product_id", "rating"
        ):
            ratings.setdefault(query_id, {})[code] = int(rating)
        with transaction.atomic():
            codes = self._index(folder)
            self._judge(queries, ratings, codes)
            transaction.set_rollback(True)

    def _index(self, folder: Path) -> dict[UUID, str]:
        engine = current_engine()
        engine.drop(engine.versions())
        engine.refresh_words()
        started = time.monotonic()
        codes: dict[UUID, str] = {}
        batch: list[SearchSource] = []
        for source in _sources(folder / "products.jsonl.gz"):
            codes[source.product_id] = source.codes[0]
            batch.append(source)
            if len(batch) == BATCH:
                engine.upsert(batch)
                batch = []
        engine.upsert(batch)
        engine.refresh_words()
        self.stdout.write(f"{len(codes)} products indexed in {time.monotonic() - started:.1f} s")
        return codes

    def _judge(
        self, queries: dict[str, str], ratings: dict[str, dict[str, int]], codes: dict[UUID, str]
    ) -> None:
        plain, condensed, times = [], [], []
        for query_id, text in queries.items():
            started = time.perf_counter()
            result = current_engine().find(SearchQuery(text, limit=HITS), with_facets=False)
            times.append((time.perf_counter() - started) * 1000)
            found = [codes[product_id] for product_id in result.product_ids]
            score = condensed_ndcg(found, ratings.get(query_id, {}))
            if score is None:
                continue
            condensed.append(score)
            plain.append(ndcg(found, ratings[query_id]) or 0)
            note = f"  ({result.corrected_text})" if result.corrected_text else ""
            self.stdout.write(f"{score:.3f}  {plain[-1]:.3f}  {result.total:>5}  {text}{note}")
        slow = statistics.quantiles(times, n=20)[18]
        self.stdout.write(
            f"condensed nDCG@10 {statistics.mean(condensed):.4f}, "
            f"nDCG@10 {statistics.mean(plain):.4f} over {len(condensed)} queries; "
            f"p50 {statistics.median(times):.1f} ms, p95 {slow:.1f} ms"
        )


def _rows(path: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield tuple(row[column] for column in columns)


def _sources(path: Path) -> Iterator[SearchSource]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield _source(json.loads(line))


def _source(product: dict[str, Any]) -> SearchSource:
    texts = [str(value) for key, value in product.items() if key.startswith("attr_t_")]
    texts += [
        key.removeprefix("attr_b_").replace("_", " ")
        for key, value in product.items()
        if key.startswith("attr_b_") and value
    ]
    return SearchSource(
        product_id=uuid5(NAMESPACE_URL, product["id"]),
        version=1,
        titles={"en": product["title"]},
        descriptions={"en": product.get("short_description", "")},
        brand=product["supplier"],
        brand_id=None,
        category_path="",
        category_names={},
        attribute_texts=tuple(texts),
        codes=(product["id"], *product["ean"]),
        facets=(),
        seller_ids=(),
        price_base_minor=product["price"],
        rating_hundredths=0,
        rating_count=0,
        sales_count=0,
        is_in_stock=True,
        published_at=datetime.now(UTC),
    )
