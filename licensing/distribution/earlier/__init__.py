"""What was given out of periods before a programme came here."""
