"""Measure the engine's ranking on rated queries.

The products are indexed inside a transaction that is rolled back: for a database without traffic.
"""

import csv
import gzip
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.catalog.types import SearchSource
from apps.search.judging import condensed_ndcg, ndcg, recall, with_typo
from apps.search.selectors import current_engine
from apps.search.types import SearchQuery

BATCH = 500
HITS = 100


@dataclass(slots=True)
class Figures:
    """One entry per query; the scores of those alone for which something is relevant."""

    condensed: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        slow = statistics.quantiles(self.milliseconds, n=20)[18]
        return (
            f"condensed nDCG@10 {statistics.mean(self.condensed):.4f}, "
            f"nDCG@10 {statistics.mean(self.plain):.4f}, "
            f"recall@100 {statistics.mean(self.recalls):.4f} over {len(self.plain)} queries; "
            f"empty {self.totals.count(0) / len(self.totals):.1%} of {len(self.totals)}; "
            f"p50 {statistics.median(self.milliseconds):.1f} ms, p95 {slow:.1f} ms"
        )


class Command(BaseCommand):
    help = (
        "Print nDCG@10, recall@100, empty share and times of the engine on queries rated by people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, required=True)
        parser.add_argument("--queries", type=Path, default=Path("queries_dev.csv"))
        parser.add_argument("--qrels", type=Path, default=Path("qrels_dev.csv"))
        parser.add_argument("--typos", type=int, metavar="SEED", help="one slip in each query")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"]
        if not (folder / "products.jsonl.gz").is_file():
            raise CommandError(f"{folder} has no products.jsonl.gz")
        ratings: dict[str, dict[str, int]] = {}
        qrels = _found(folder, options["qrels"])
        for query_id, code, rating in _rows(qrels, "query_id", "product_id", "rating"):
            ratings.setdefault(query_id, {})[code] = int(rating)
        queries = [*_rows(_found(folder, options["queries"]), "query_id", "query")]
        if options["typos"] is not None:
            random = Random(options["typos"])  # noqa: S311  slips for a measure, not secrets
            queries = [(query_id, with_typo(text, random)) for query_id, text in queries]
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
        for sources in batched(_sources(folder / "products.jsonl.gz"), BATCH):
            codes |= {source.product_id: source.codes[0] for source in sources}
            engine.upsert(sources)
        engine.refresh_words()
        self.stdout.write(f"{len(codes)} products indexed in {time.monotonic() - started:.1f} s")
        return codes

    def _judge(
        self,
        queries: list[tuple[str, ...]],
        ratings: dict[str, dict[str, int]],
        codes: dict[UUID, str],
    ) -> None:
        figures = Figures()
        for query_id, text in queries:
            started = time.perf_counter()
            result = current_engine().find(SearchQuery(text, limit=HITS), with_facets=False)
            figures.milliseconds.append((time.perf_counter() - started) * 1000)
            figures.totals.append(result.total)
            found = [codes[product_id] for product_id in result.product_ids]
            rated = ratings.get(query_id, {})
            condensed, plain = condensed_ndcg(found, rated), ndcg(found, rated)
            share = recall(found, rated)
            if condensed is None or plain is None or share is None:
                continue
            figures.condensed.append(condensed)
            figures.plain.append(plain)
            figures.recalls.append(share)
            note = f"  ({result.corrected_text})" if result.corrected_text else ""
            self.stdout.write(
                f"{condensed:.3f}  {plain:.3f}  {share:.3f}  {result.total:>5}  {text}{note}"
            )
        self.stdout.write(str(figures))


def _found(folder: Path, given: Path) -> Path:
    """Return the file as given, or of that name in the folder."""
    return given if given.is_file() else folder / given


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
