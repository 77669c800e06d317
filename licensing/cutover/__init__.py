"""Moving from the old workbooks: past periods run in parallel, and every difference has its cause."""
