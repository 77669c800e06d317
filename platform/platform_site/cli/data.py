"""The commands that put data into a site: import and demo."""


def demo_sign_ins(*, load: bool) -> list[str]:
    """Return the lines that tell how to sign in to the demo alliance, loading it first into an empty database."""
    return []
