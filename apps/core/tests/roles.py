"""Sessions of the database's two roles, beside Django's own connection."""

import psycopg
from django.conf import settings


def connect(alias: str, dbname: str = "", *, autocommit: bool = True) -> psycopg.Connection:
    """Open a session as the role of `alias`, "default" (the application's) or "owner".

    It is of the test's database unless another is named.
    """
    given = settings.DATABASES[alias]
    return psycopg.connect(
        host=given["HOST"],
        port=given["PORT"],
        user=given["USER"],
        password=given["PASSWORD"],
        dbname=dbname or given["NAME"],
        autocommit=autocommit,
    )
