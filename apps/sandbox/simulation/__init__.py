"""Random histories of a market over the real services, under a clock of their own."""
