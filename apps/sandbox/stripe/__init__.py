"""A server that speaks Stripe's documented wire protocol, with state and with faults on demand.

It is the other end of the real client in the demo and in tests. Nothing here talks to Stripe, and no
card data is asked for: a select of Stripe's published test cards stands in its place.
"""
