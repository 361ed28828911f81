"""Reads of the catalogue. What is published is public; the viewer matters for personal lists only."""
