"""What was confirmed stays as it was until it is erased, whole; it is addressed to nobody who was merged."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, OfUnmerged

# Which patents a request is for is fixed once it is confirmed: what fixes the request, fixes its parts.
FIXED_PATENTS = """
CREATE FUNCTION asking_requestedpatent_fixed() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'asking_requestedpatent keeps rows that cannot be removed: TRUNCATE is refused'
            USING ERRCODE = 'restrict_violation', TABLE = 'asking_requestedpatent';
    END IF;
    IF (TG_OP <> 'INSERT' AND EXISTS (
            SELECT 1 FROM asking_licencerequest WHERE id = OLD.request_id AND state <> 'unconfirmed'))
        OR (TG_OP <> 'DELETE' AND EXISTS (
            SELECT 1 FROM asking_licencerequest WHERE id = NEW.request_id AND state <> 'unconfirmed')) THEN
        RAISE EXCEPTION 'what this request is for is fixed: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation', TABLE = 'asking_requestedpatent';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $rule$;
CREATE TRIGGER asking_requestedpatent_fixed BEFORE INSERT OR UPDATE OR DELETE ON asking_requestedpatent
    FOR EACH ROW EXECUTE FUNCTION asking_requestedpatent_fixed();
CREATE TRIGGER asking_requestedpatent_fixed_all BEFORE TRUNCATE ON asking_requestedpatent
    FOR EACH STATEMENT EXECUTE FUNCTION asking_requestedpatent_fixed();
ALTER TABLE asking_requestedpatent ENABLE ALWAYS TRIGGER asking_requestedpatent_fixed;
ALTER TABLE asking_requestedpatent ENABLE ALWAYS TRIGGER asking_requestedpatent_fixed_all;
"""

FREE_PATENTS = """
DROP TRIGGER asking_requestedpatent_fixed ON asking_requestedpatent;
DROP TRIGGER asking_requestedpatent_fixed_all ON asking_requestedpatent;
DROP FUNCTION asking_requestedpatent_fixed();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("asking", "0001_initial")]

    operations = [
        OfUnmerged("asking_licencerequest", "addressee_id", fixed=True),
        # Once it is erased nothing changes any more; to be erased, all of it that tells of somebody goes at once.
        ImmutableWhen(
            "asking_licencerequest",
            "OLD.state <> 'unconfirmed' AND (TG_OP = 'DELETE' OR OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL)",
            may_change=[
                *("addressee_id", "state", "moved_at", "acknowledged_at", "answered_at", "closed_at"),
                *("answer", "answer_contact", "answered_by_id", "note"),
            ],
        ),
        migrations.RunSQL(FIXED_PATENTS, FREE_PATENTS),
    ]
