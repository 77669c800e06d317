"""The royalty close of a programme and period, from the records to the statements."""
