"""Double entry: what is whose money, for which purpose, in which currency; it knows no royalty."""
