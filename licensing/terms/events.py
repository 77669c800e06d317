"""What terms tell upper rooms, which know who is licensed under them."""

from licensing.terms.models import TermsVersion
from platform_core.access.actors import Actor
from platform_core.events import Hook

terms_to_publish: Hook[[Actor, TermsVersion]] = Hook("terms are to be published")
"""Whoever holds promises that a version would break refuses it; versions and signatures of the programme wait."""
