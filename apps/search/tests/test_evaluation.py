"""The command that measures the ranking."""

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.search.models import SearchDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    titles = {"1": "Steel kettle", "2": "Kettle lid", "3": "Wooden spoon"}
    with gzip.open(tmp_path / "products.jsonl.gz", "wt", encoding="utf-8") as file:
        for code, title in titles.items():
            product = {"id": code, "title": title, "ean": [], "supplier": "Acme", "price": 100}
            file.write(json.dumps(product) + "\n")
    (tmp_path / "queries_dev.csv").write_text("query_id,query\nq1,kettle\nq2,spoon\nq3,zzzz\n")
    rated = "query_id,product_id,rating\nq1,1,3\nq1,2,1\nq2,3,3\nq2,1,2\n"
    (tmp_path / "qrels_dev.csv").write_text(rated)
    return tmp_path


def last_line(**options: object) -> str:
    output = StringIO()
    call_command("evaluate_search", stdout=output, **options)
    return output.getvalue().splitlines()[-1]


def test_evaluate_search_prints_scores_recall_and_the_empty_share(folder: Path) -> None:
    line = last_line(data=folder)

    # Of q2 the relevant kettle is not found: 7 of 7 + 3 / log2(3).
    assert line.startswith(
        "condensed nDCG@10 0.8936, nDCG@10 0.8936, recall@100 0.7500 over 2 queries; "
        "empty 33.3% of 3; p50 "
    )
    assert not SearchDocument.objects.exists()


def test_evaluate_search_with_typos_takes_files_as_given(folder: Path) -> None:
    queries = folder / "others.csv"
    queries.write_text("query_id,query\nq1,kettle\nq2,spoon\n")

    line = last_line(data=folder, queries=queries, qrels=folder / "qrels_dev.csv", typos=1)

    assert "recall@100 0.7500 over 2 queries; empty 0.0% of 2" in line
