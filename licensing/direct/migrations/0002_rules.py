"""What binds is fixed, of two licences that shut each other out one is signed, and pools take nothing licensed alone."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, OfUnmerged

MEETING = """
CREATE FUNCTION direct_places_meet(one varchar[], other varchar[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT cardinality(one) = 0 OR cardinality(other) = 0 OR EXISTS (
        SELECT 1 FROM unnest(one) a, unnest(other) b
        WHERE a = b OR starts_with(a, b || '-') OR starts_with(b, a || '-')
    )
$$;
CREATE FUNCTION direct_labels_meet(one varchar[], other varchar[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT cardinality(one) = 0 OR cardinality(other) = 0 OR EXISTS (
        SELECT 1 FROM unnest(one) a, unnest(other) b WHERE lower(a) = lower(b)
    )
$$;
"""
NO_MEETING = """
DROP FUNCTION IF EXISTS direct_places_meet(varchar[], varchar[]);
DROP FUNCTION IF EXISTS direct_labels_meet(varchar[], varchar[]);
"""
SHUTTING_OUT = """
CREATE FUNCTION direct_licence_shuts_out() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('signed', 'in_force', 'terminated')
        AND NEW.ends_on IS DISTINCT FROM OLD.ends_on
        AND (NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on) THEN
        RAISE EXCEPTION 'a signed licence ends no later than was signed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'direct_licence_ends_no_later',
            TABLE = 'direct_directlicence';
    END IF;
    IF NEW.state NOT IN ('signed', 'in_force', 'terminated') THEN
        RETURN NEW;
    END IF;
    -- Whoever signs another licence on one of the patents, or enters it into a pool, waits here.
    PERFORM 1 FROM patents_patent p
        WHERE p.id IN (SELECT patent_id FROM direct_licensedpatent WHERE licence_id = NEW.id)
        ORDER BY p.id FOR NO KEY UPDATE;
    IF NEW.kind IN ('sole', 'exclusive') AND EXISTS (
        SELECT 1 FROM direct_licensedpatent mine JOIN composition_poolentry e ON e.patent_id = mine.patent_id
        WHERE mine.licence_id = NEW.id
            AND (e.leaves_on IS NULL OR e.leaves_on > NEW.starts_on)
            AND (NEW.ends_on IS NULL OR e.enters_on IS NULL OR e.enters_on <= NEW.ends_on)
    ) THEN
        RAISE EXCEPTION 'a patent of a pool is licensed to nobody alone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'direct_licence_of_no_pool',
            TABLE = 'direct_directlicence';
    END IF;
    IF NEW.kind <> 'sub' AND EXISTS (
        SELECT 1 FROM direct_licensedpatent mine
        JOIN direct_licensedpatent theirs ON theirs.patent_id = mine.patent_id AND theirs.licence_id <> mine.licence_id
        JOIN direct_directlicence o ON o.id = theirs.licence_id
        WHERE mine.licence_id = NEW.id
            AND o.state IN ('signed', 'in_force', 'terminated')
            AND o.head_id IS DISTINCT FROM NEW.id
            AND (NEW.kind IN ('sole', 'exclusive') OR o.kind IN ('sole', 'exclusive'))
            AND CASE WHEN theirs.from_licensee THEN o.licensor_id ELSE o.licensee_id END
                <> CASE WHEN mine.from_licensee THEN NEW.licensor_id ELSE NEW.licensee_id END
            AND (NEW.ends_on IS NULL OR o.starts_on <= NEW.ends_on)
            AND (o.ends_on IS NULL OR o.ends_on >= NEW.starts_on)
            AND direct_places_meet(o.territory, NEW.territory)
            AND direct_labels_meet(o.fields, NEW.fields)
            AND direct_labels_meet(o.products, NEW.products)
    ) THEN
        RAISE EXCEPTION 'another licence is for the same use and shuts this one out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'direct_licence_shuts_out',
            TABLE = 'direct_directlicence';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER direct_licence_shuts_out BEFORE INSERT OR UPDATE ON direct_directlicence
    FOR EACH ROW EXECUTE FUNCTION direct_licence_shuts_out();
ALTER TABLE direct_directlicence ENABLE ALWAYS TRIGGER direct_licence_shuts_out;
"""
NOT_SHUTTING_OUT = """
DROP TRIGGER IF EXISTS direct_licence_shuts_out ON direct_directlicence;
DROP FUNCTION IF EXISTS direct_licence_shuts_out();
"""
PATENTS_OF_DRAFTS = """
CREATE FUNCTION direct_patents_of_drafts() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    the_licence uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.licence_id ELSE NEW.licence_id END;
BEGIN
    IF (SELECT state FROM direct_directlicence WHERE id = the_licence FOR SHARE) <> 'draft' THEN
        RAISE EXCEPTION 'the patents of a licence change while it is a draft only'
            USING ERRCODE = 'restrict_violation', TABLE = 'direct_licensedpatent';
    END IF;
    IF TG_OP <> 'DELETE' AND NOT EXISTS (
        SELECT 1 FROM patents_patent p JOIN direct_directlicence l ON l.alliance_id = p.alliance_id
        WHERE p.id = NEW.patent_id AND l.id = the_licence
    ) THEN
        RAISE EXCEPTION 'a licence is on patents of its own alliance'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licensedpatent_of_the_alliance',
            TABLE = 'direct_licensedpatent';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $rule$;
CREATE TRIGGER direct_patents_of_drafts BEFORE INSERT OR UPDATE OR DELETE ON direct_licensedpatent
    FOR EACH ROW EXECUTE FUNCTION direct_patents_of_drafts();
ALTER TABLE direct_licensedpatent ENABLE ALWAYS TRIGGER direct_patents_of_drafts;
"""
PATENTS_OF_ANY = """
DROP TRIGGER IF EXISTS direct_patents_of_drafts ON direct_licensedpatent;
DROP FUNCTION IF EXISTS direct_patents_of_drafts();
"""
ENTRIES = """
CREATE FUNCTION direct_entry_licensed_to_nobody_alone() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    -- A signature on a licence takes the same row for itself: one of the two waits for the other.
    PERFORM 1 FROM patents_patent WHERE id = NEW.patent_id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM direct_licensedpatent lp JOIN direct_directlicence l ON l.id = lp.licence_id
        WHERE lp.patent_id = NEW.patent_id AND l.kind IN ('sole', 'exclusive')
            AND l.state IN ('signed', 'in_force', 'terminated')
            AND (NEW.leaves_on IS NULL OR NEW.leaves_on > l.starts_on)
            AND (l.ends_on IS NULL OR NEW.enters_on IS NULL OR NEW.enters_on <= l.ends_on)
    ) THEN
        RAISE EXCEPTION 'a patent that is licensed to one alone enters no pool'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_licensed_to_nobody_alone',
            TABLE = 'composition_poolentry';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER direct_entry_licensed_to_nobody_alone
    BEFORE INSERT OR UPDATE OF patent_id, enters_on, leaves_on ON composition_poolentry
    FOR EACH ROW EXECUTE FUNCTION direct_entry_licensed_to_nobody_alone();
ALTER TABLE composition_poolentry ENABLE ALWAYS TRIGGER direct_entry_licensed_to_nobody_alone;
"""
ANY_ENTRIES = """
DROP TRIGGER IF EXISTS direct_entry_licensed_to_nobody_alone ON composition_poolentry;
DROP FUNCTION IF EXISTS direct_entry_licensed_to_nobody_alone();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [
        ("direct", "0001_initial"),
        ("composition", "0005_list_versions"),
        ("identity", "0004_merged_organisations"),
    ]

    operations = [
        migrations.RunSQL(MEETING, NO_MEETING),
        migrations.RunSQL(SHUTTING_OUT, NOT_SHUTTING_OUT),
        migrations.RunSQL(PATENTS_OF_DRAFTS, PATENTS_OF_ANY),
        migrations.RunSQL(ENTRIES, ANY_ENTRIES),
        ImmutableWhen(
            "direct_directlicence",
            "OLD.state <> 'draft'",
            may_change=[
                "state",
                "sent_at",
                "signed_on",
                "signed_by_id",
                "signature_id",
                "countersigned_at",
                "countersigned_by_id",
                "ends_on",
                "licensor_id",
                "licensee_id",
            ],
        ),
        ImmutableWhen("direct_ownerconsent", may_change=["owner_id"]),
        OfUnmerged("direct_directlicence", "licensor_id", fixed=True),
        OfUnmerged("direct_directlicence", "licensee_id", fixed=True),
        OfUnmerged("direct_ownerconsent", "owner_id", fixed=True),
    ]
