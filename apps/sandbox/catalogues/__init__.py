"""Catalogues that fill the demo: a common form, its loader, and readers of outside formats."""
