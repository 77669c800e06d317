"""How open licences look on the wire."""
