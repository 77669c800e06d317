"""The few pages the server draws itself: the application's own, the API reference, refusals and the state of health."""
