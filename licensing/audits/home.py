"""What audits are called on the home page."""

from licensing.audits.models import Audit


def name_of_audit(audit: Audit) -> str:
    """Call an audit by its licence and number."""
    return f"{audit.licence.code} #{audit.number}"
