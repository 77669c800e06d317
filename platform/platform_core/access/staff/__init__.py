"""Staff sessions: how a site administrator may read what an alliance keeps, for hours, for a reason, and on record."""
