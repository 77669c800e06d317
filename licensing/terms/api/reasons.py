"""How reasons look on the wire."""

from typing import Any

from rest_framework import serializers


class ReasonSerializer(serializers.Serializer[Any]):
    """Why something is as it is: a key for the words, and the values that go into them."""

    key = serializers.CharField(help_text="such as close.rate.bands; the words for it are the client's")
    values = serializers.DictField(help_text="numbers as exact text")
