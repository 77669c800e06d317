"""The site's settings as the tests see them: nothing of the developer's environment or data reaches in."""

import atexit
import os
import shutil
import tempfile

from platform_site.environment import VARIABLES

for _name in VARIABLES:
    os.environ.pop(_name, None)
os.environ["LIANCHI_DEV"] = "1"
os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789" * 5
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="lianchi-tests-data-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from platform_site.settings import *  # noqa: E402, F403
from platform_site.settings import DATABASES  # noqa: E402

# The fixtures fill in the server once a test asks for it; connections are each thread's own, so that they close with it.
del DATABASES["default"]["OPTIONS"]["pool"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
