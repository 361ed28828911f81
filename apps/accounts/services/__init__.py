"""Accounts: roles."""
