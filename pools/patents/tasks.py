"""The background work of patents."""

import logging

from procrastinate.contrib.django import app

from platform_core.jobs.registry import HEAVY, QUICK
from pools.patents.indexing import read_words_again
from pools.patents.keys import read_numbers_again

logger = logging.getLogger(__name__)


@app.periodic(cron="17 * * * *")
@app.task(name="lianchi.read_patent_numbers", queue=QUICK)
def read_numbers(timestamp: int) -> None:
    """Read, once an hour, the numbers that an older version of the platform read or that none has read yet."""
    if count := read_numbers_again():
        logger.info("the numbers of %s patents were read again", count)


@app.periodic(cron="* * * * *")
@app.task(name="lianchi.read_patent_words", queue=HEAVY, lock="patent-words", queueing_lock="patent-words")
def read_words(timestamp: int) -> None:
    """Read, once a minute, the words of patents that are new or were changed."""
    if count := read_words_again():
        logger.info("the words of %s patents were read", count)
