"""A server of our own that behaves like Stripe for the routes we use, with its faults switched on by tests."""

from tests.stripe_server.faults import Fault
from tests.stripe_server.server import StripeServer
from tests.stripe_server.serving import served

__all__ = ["Fault", "StripeServer", "served"]
