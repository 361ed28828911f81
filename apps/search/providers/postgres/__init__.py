"""Full text in PostgreSQL itself."""

from apps.search.providers.postgres.engine import PostgresEngine

__all__ = ["PostgresEngine"]
