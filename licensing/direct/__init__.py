"""Licences outside a programme: ordinary, sole and exclusive ones, cross-licences and sub-licences."""
