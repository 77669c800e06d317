"""What may be told of many without telling of one: sums that no reader can take apart.

The idea that everything here rests on: a table is cut into atoms, each of which could be published by itself, and
whatever is published is a sum of atoms. A reader can add and subtract published figures as much as it likes and
learns at most every atom. See docs/adr/0023-aggregates.md.
"""
