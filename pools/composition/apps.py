"""The composition of pools as an application."""

from django.apps import AppConfig


class CompositionConfig(AppConfig):
    """Pools, the members who take part in them, and the patents in them."""

    name = "pools.composition"
    label = "composition"
