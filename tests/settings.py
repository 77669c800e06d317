"""The site's settings as the tests see them: nothing of the developer's environment or data reaches in."""

import os
import tempfile
from pathlib import Path

from platform_site.environment import VARIABLES

for _name in VARIABLES:
    os.environ.pop(_name, None)
os.environ["LIANCHI_DEV"] = "1"
# Tests ask faster than people do.
os.environ["RATE_LIMIT_PERSON"] = os.environ["RATE_LIMIT_ADDRESS"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789" * 5
# Made by the first test that writes there, removed when the session ends.
os.environ["DATA_DIR"] = str(Path(tempfile.gettempdir()) / f"lianchi-tests-data-{os.getpid()}")

from platform_site.settings import *  # noqa: E402, F403 - what is above must not reach the settings
from platform_site.settings import DATABASES  # noqa: E402 - as above

# The fixtures fill in the server once a test asks for it; connections belong to their threads and close with them.
del DATABASES["default"]["OPTIONS"]["pool"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
