"""Sentences of ours that are stored as they were said, in English, and told in the language of whoever reads them."""

from typing import Any

from rest_framework import serializers

from platform_core.chinese import for_reader


class StoredSentenceField(serializers.CharField):
    """Why something failed, was rejected or was put aside; what people wrote does not belong into such a field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        """Say it to the reader; one that has no Chinese is told as it is stored."""
        return for_reader(super().to_representation(value))
