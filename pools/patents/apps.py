"""Patents as an application."""

from django.apps import AppConfig


class PatentsConfig(AppConfig):
    """Patents, their families, and who owned which part of them when."""

    name = "pools.patents"
    label = "patents"
