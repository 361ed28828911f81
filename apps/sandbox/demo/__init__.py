"""The demo world: people, market, products, reviews and orders, written for this project."""
