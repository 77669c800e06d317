"""What a seat is told in so many words: that something waits for it, was decided, or was opened to it."""
