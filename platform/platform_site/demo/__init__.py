"""The demonstration alliance: people, patents, licences and closes of our own invention, the same on every machine."""
