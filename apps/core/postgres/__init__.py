"""Django's PostgreSQL backend, with less work for each query and request; settings name it as ENGINE."""
