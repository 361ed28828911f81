"""Django's PostgreSQL backend with ints of one type and a cheaper look at kept connections; settings name it as ENGINE."""
