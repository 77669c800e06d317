"""What is on record about a patent: its bibliography with the source of each field, and its legal life."""
