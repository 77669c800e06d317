"""Asking an owner for a bilateral licence, answering, and forgetting who asked."""

from pools.asking.services.answering import acknowledge_request, answer_request, close_request
from pools.asking.services.asking import Asker, Wish, ask_for_licence, confirm_request, find_request
from pools.asking.services.forgetting import forget_askers

__all__ = [
    "Asker",
    "Wish",
    "acknowledge_request",
    "answer_request",
    "ask_for_licence",
    "close_request",
    "confirm_request",
    "find_request",
    "forget_askers",
]
