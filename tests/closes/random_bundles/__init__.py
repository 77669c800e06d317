"""Random bundles that use every rule of the reference, small enough to close in milliseconds.

A bundle is made from a seed, so that any failure can be had again from one number. The world is kept narrow (few
licences, products, countries) so that lines meet in buckets, enterprises, caps and families.
"""

from tests.closes.random_bundles.dice import Shape
from tests.closes.random_bundles.making import random_bundle
from tests.closes.random_bundles.writing import RandomBundle, bucket_key, decimal_text, write_csv

__all__ = ["RandomBundle", "Shape", "bucket_key", "decimal_text", "random_bundle", "write_csv"]
