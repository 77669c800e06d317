"""Which static files a browser may keep for good. Read by the settings, so it knows nothing of Django."""


def is_immutable(path: str, url: str) -> bool:
    """Say whether a static file carries a hash of its contents in its name, as the built application's do."""
    return url.startswith("/static/app/assets/")
