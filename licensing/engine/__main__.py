"""The engine's commands without the platform: `python -m licensing.engine close …`."""

from licensing.engine.cli import engine

if __name__ == "__main__":
    engine()
