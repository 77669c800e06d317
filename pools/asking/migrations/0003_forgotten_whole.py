"""What a request was for goes with who asked, and where it came from after a day."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

FIXED = "OLD.state <> 'unconfirmed' AND (TG_OP = 'DELETE' OR OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL)"
MAY_CHANGE = (
    *("addressee_id", "state", "moved_at", "acknowledged_at", "answered_at", "closed_at"),
    *("answer", "answer_contact", "answered_by_id", "note"),
)

FIXED_PATENTS = """
CREATE OR REPLACE FUNCTION asking_requestedpatent_fixed() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'asking_requestedpatent keeps rows that cannot be removed: TRUNCATE is refused'
            USING ERRCODE = 'restrict_violation', TABLE = 'asking_requestedpatent';
    END IF;
    IF (TG_OP <> 'INSERT' AND EXISTS (
            SELECT 1 FROM asking_licencerequest WHERE id = OLD.request_id AND {fixed}))
        OR (TG_OP <> 'DELETE' AND EXISTS (
            SELECT 1 FROM asking_licencerequest WHERE id = NEW.request_id AND state <> 'unconfirmed')) THEN
        RAISE EXCEPTION 'what this request is for is fixed: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'asking_requestedpatent';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $rule$;
"""
# Once the request is erased, what it was for may go, and nothing else happens to it.
UNTIL_ERASED = "state <> 'unconfirmed' AND (TG_OP <> 'DELETE' OR erased_at IS NULL)"

EMPTIED_ONLY = """
CREATE FUNCTION asking_licencerequest_address() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    RAISE EXCEPTION 'where a request came from is forgotten, and never written: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = 'asking_licencerequest';
END $rule$;
CREATE TRIGGER asking_licencerequest_address BEFORE UPDATE ON asking_licencerequest
    FOR EACH ROW WHEN (NEW.address_hash NOT IN ('', OLD.address_hash))
    EXECUTE FUNCTION asking_licencerequest_address();
ALTER TABLE asking_licencerequest ENABLE ALWAYS TRIGGER asking_licencerequest_address;
"""
ANYTHING = """
DROP TRIGGER asking_licencerequest_address ON asking_licencerequest;
DROP FUNCTION asking_licencerequest_address();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("asking", "0002_rules")]

    operations = [
        Instead(
            ImmutableWhen("asking_licencerequest", FIXED, may_change=MAY_CHANGE),
            ImmutableWhen("asking_licencerequest", FIXED, may_change=[*MAY_CHANGE, "address_hash"]),
        ),
        migrations.RunSQL(EMPTIED_ONLY, ANYTHING),
        migrations.RunSQL(
            FIXED_PATENTS.replace("{fixed}", UNTIL_ERASED), FIXED_PATENTS.replace("{fixed}", "state <> 'unconfirmed'")
        ),
    ]
