"""The words by which patents are found."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup, Q

from platform_core.access.querysets import VisibleManager
from pools.patents.models.rights import Patent

WORDS_READING = 1
"""How words are read now; rows that were read by less are read again."""


class PatentWords(models.Model):
    """The words of a patent's title, abstract, people and classes; triggers note when they are to be read anew."""

    objects: ClassVar[VisibleManager[Self]] = VisibleManager()

    patent = models.OneToOneField(Patent, on_delete=models.PROTECT, primary_key=True, related_name="indexed")
    words = SearchVectorField(null=True)
    """With their places, and of what they are (`pools.patents.words`); null: not read yet."""
    reading = models.PositiveSmallIntegerField(default=0)
    """Which reading made the words; 0: to be read."""

    class Meta:
        verbose_name = "words of a patent"
        verbose_name_plural = "words of patents"
        indexes = (
            GinIndex(fields=("words",), name="patent_by_words"),
            models.Index(fields=("patent",), condition=Q(reading__lt=WORDS_READING), name="patent_words_to_read"),
        )

    def __str__(self) -> str:
        return str(self.patent_id)


@SearchVectorField.register_lookup
class Meets(Lookup):
    """`words @@ query`, where the query is written as the database has it and its words are not read once more."""

    lookup_name = "meets"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """Write the condition."""
        words, of_words = self.process_lhs(compiler, connection)
        return f"{words} @@ %s::tsquery", (*of_words, self.rhs)
