"""Tax that is withheld from members abroad: by which rules, of which shares, and when it went to the tax office."""
