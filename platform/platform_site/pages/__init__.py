"""The few pages the server draws itself: home, sign-in and the state of health."""
