#!/usr/bin/env bash
# First start of the database: two roles, one database, the extensions.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_DB_PASSWORD" -v app="$APP_DB_PASSWORD" --username postgres <<'SQL'
CREATE ROLE karvon_owner LOGIN PASSWORD :'owner';
CREATE ROLE karvon_app LOGIN PASSWORD :'app';
CREATE DATABASE karvon OWNER karvon_owner;
\connect karvon
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE EXTENSION btree_gin;
CREATE EXTENSION btree_gist;
CREATE EXTENSION citext;
CREATE EXTENSION vector;
SQL
