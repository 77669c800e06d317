"""What was filed is fixed, nobody is licensed alone beside an open licence, and nothing is taken after a withdrawal."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen, OfUnmerged

BESIDE_LICENCES = """
CREATE FUNCTION openlicences_beside_licence_alone() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NEW.state <> 'filed' OR (TG_OP = 'UPDATE' AND OLD.state = 'filed') THEN
        RETURN NEW;
    END IF;
    -- Whoever signs a licence to one alone takes the same row: one of the two waits for the other.
    PERFORM 1 FROM patents_patent WHERE id = NEW.patent_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM direct_licensedpatent lp JOIN direct_directlicence l ON l.id = lp.licence_id
        WHERE lp.patent_id = NEW.patent_id AND l.kind IN ('sole', 'exclusive')
            AND l.state IN ('signed', 'in_force', 'terminated')
            AND (l.ends_on IS NULL OR l.ends_on >= NEW.filed_on)
    ) THEN
        RAISE EXCEPTION 'a patent that is licensed to one alone is not offered to everybody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opendeclaration_beside_licence_alone',
            TABLE = 'openlicences_opendeclaration';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER openlicences_beside_licence_alone BEFORE INSERT OR UPDATE OF state ON openlicences_opendeclaration
    FOR EACH ROW EXECUTE FUNCTION openlicences_beside_licence_alone();
ALTER TABLE openlicences_opendeclaration ENABLE ALWAYS TRIGGER openlicences_beside_licence_alone;
"""
NOT_BESIDE_LICENCES = """
DROP TRIGGER IF EXISTS openlicences_beside_licence_alone ON openlicences_opendeclaration;
DROP FUNCTION IF EXISTS openlicences_beside_licence_alone();
"""
LICENCES_BESIDE = """
CREATE FUNCTION openlicences_no_licence_alone() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF NEW.kind NOT IN ('sole', 'exclusive') OR NEW.state NOT IN ('signed', 'in_force')
        OR (TG_OP = 'UPDATE' AND OLD.state IN ('signed', 'in_force', 'terminated')) THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM patents_patent p
        WHERE p.id IN (SELECT patent_id FROM direct_licensedpatent WHERE licence_id = NEW.id)
        ORDER BY p.id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM direct_licensedpatent lp JOIN openlicences_opendeclaration d ON d.patent_id = lp.patent_id
        WHERE lp.licence_id = NEW.id AND d.state IN ('filed', 'announced')
            AND (NEW.ends_on IS NULL OR NEW.ends_on >= d.filed_on)
    ) THEN
        RAISE EXCEPTION 'a patent that is offered to everybody is licensed to nobody alone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'direct_licence_beside_open_one',
            TABLE = 'direct_directlicence';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER openlicences_no_licence_alone BEFORE INSERT OR UPDATE OF state ON direct_directlicence
    FOR EACH ROW EXECUTE FUNCTION openlicences_no_licence_alone();
ALTER TABLE direct_directlicence ENABLE ALWAYS TRIGGER openlicences_no_licence_alone;
"""
NO_LICENCES_BESIDE = """
DROP TRIGGER IF EXISTS openlicences_no_licence_alone ON direct_directlicence;
DROP FUNCTION IF EXISTS openlicences_no_licence_alone();
"""
NOTICES = """
CREATE FUNCTION openlicences_notice_under_what_stands() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    declared openlicences_opendeclaration;
BEGIN
    IF NEW.noticed_on IS NULL OR (TG_OP = 'UPDATE' AND OLD.noticed_on IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    -- Whoever records the withdrawal changes the same row: a notice is before that, or after it.
    SELECT * INTO declared FROM openlicences_opendeclaration WHERE id = NEW.declaration_id FOR SHARE;
    IF declared.state NOT IN ('announced', 'withdrawn') OR NEW.noticed_on < declared.announced_on
        OR (declared.state = 'withdrawn' AND NEW.noticed_on >= declared.withdrawn_on) THEN
        RAISE EXCEPTION 'a licence is taken under a declaration that stands'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'openlicence_under_what_stands',
            TABLE = 'openlicences_openlicence';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER openlicences_notice_under_what_stands BEFORE INSERT OR UPDATE OF noticed_on ON openlicences_openlicence
    FOR EACH ROW EXECUTE FUNCTION openlicences_notice_under_what_stands();
ALTER TABLE openlicences_openlicence ENABLE ALWAYS TRIGGER openlicences_notice_under_what_stands;
"""
ANY_NOTICES = """
DROP TRIGGER IF EXISTS openlicences_notice_under_what_stands ON openlicences_openlicence;
DROP FUNCTION IF EXISTS openlicences_notice_under_what_stands();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [
        ("openlicences", "0001_initial"),
        ("direct", "0004_subs_within_heads"),
        ("identity", "0004_merged_organisations"),
    ]

    operations = [
        migrations.RunSQL(BESIDE_LICENCES, NOT_BESIDE_LICENCES),
        migrations.RunSQL(LICENCES_BESIDE, NO_LICENCES_BESIDE),
        migrations.RunSQL(NOTICES, ANY_NOTICES),
        ImmutableWhen(
            "openlicences_opendeclaration",
            "OLD.state <> 'draft'",
            may_change=[
                "state",
                "owner_id",
                "announced_on",
                "announcement_number",
                "refused_on",
                "refusal_reason",
                "withdrawal_filed_on",
                "withdrawal_reason",
                "withdrawn_on",
                "withdrawal_number",
            ],
        ),
        ImmutableWhen("openlicences_openconsent", may_change=["owner_id"]),
        ImmutableWhen(
            "openlicences_openlicence",
            "OLD.state <> 'prepared'",
            may_change=[
                "state",
                "licensee_id",
                "in_force_from",
                "ends_on",
                "end_reason",
                "recordal_due_on",
                "recordal_rule",
                "recordal_filed_on",
                "recordal_result",
                "recordal_result_on",
                "recordal_number",
            ],
        ),
        AppendOnly("openlicences_openstatement"),
        ImmutableWhen(
            "openlicences_openpayment",
            may_change=["received_on", "receipt_id", "confirmed_by_id", "contested_on", "contest_reason"],
        ),
        OfUnmerged("openlicences_opendeclaration", "owner_id", fixed=True),
        OfUnmerged("openlicences_openconsent", "owner_id", fixed=True),
        OfUnmerged("openlicences_openlicence", "licensee_id", fixed=True),
    ]
