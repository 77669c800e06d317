"""What can go wrong with the database, said so that the reader knows what to do."""


class DatabaseProblem(Exception):
    """The database cannot be used as asked; the message says why and what to do about it."""
