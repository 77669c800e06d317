"""Examples of what is sent to the API and answered by it, one for each kind of contents."""
