"""Open licences (开放许可): an owner's declaration to license anybody, and the licences that firms take under it."""
