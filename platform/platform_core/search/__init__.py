"""One box that finds whatever its user may see: numbers, names, codes."""
