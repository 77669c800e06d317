"""What licensees report: files of sales lines, kept as they came, never edited, only superseded."""
