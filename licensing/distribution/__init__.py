"""Paying out what was received: who is due what of the money that arrived, and the proof of it."""
