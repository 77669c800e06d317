"""A sub-licence lasts no longer than what it is under, and ending a licence asks for no other licences again."""

from django.db import migrations

# Whether it shuts others out, or is shut out, is asked when a licence comes to bind. One that binds only ever becomes
# shorter, which shuts out nobody: asked again, a head would meet the licences under its own sub-licences.
WHEN_IT_COMES_TO_BIND = """
DROP TRIGGER direct_licence_shuts_out ON direct_directlicence;
CREATE TRIGGER direct_licence_shuts_out BEFORE INSERT ON direct_directlicence
    FOR EACH ROW EXECUTE FUNCTION direct_licence_shuts_out();
CREATE TRIGGER direct_licence_comes_to_shut_out BEFORE UPDATE ON direct_directlicence
    FOR EACH ROW WHEN (
        OLD.state NOT IN ('signed', 'in_force', 'terminated')
        OR (NEW.ends_on IS DISTINCT FROM OLD.ends_on AND (NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on))
    ) EXECUTE FUNCTION direct_licence_shuts_out();
ALTER TABLE direct_directlicence ENABLE ALWAYS TRIGGER direct_licence_shuts_out;
ALTER TABLE direct_directlicence ENABLE ALWAYS TRIGGER direct_licence_comes_to_shut_out;
"""
WHENEVER = """
DROP TRIGGER direct_licence_comes_to_shut_out ON direct_directlicence;
DROP TRIGGER direct_licence_shuts_out ON direct_directlicence;
CREATE TRIGGER direct_licence_shuts_out BEFORE INSERT OR UPDATE ON direct_directlicence
    FOR EACH ROW EXECUTE FUNCTION direct_licence_shuts_out();
ALTER TABLE direct_directlicence ENABLE ALWAYS TRIGGER direct_licence_shuts_out;
"""
WITHIN_HEAD = """
CREATE FUNCTION direct_sub_within_head() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    the_head record;
BEGIN
    IF NEW.head_id IS NOT NULL AND NEW.state IN ('signed', 'in_force', 'terminated')
        AND (TG_OP = 'INSERT' OR OLD.state NOT IN ('signed', 'in_force', 'terminated')) THEN
        -- Whoever ends the head waits here, or has ended it already.
        SELECT state, starts_on, ends_on INTO the_head FROM direct_directlicence WHERE id = NEW.head_id FOR SHARE;
        IF the_head.state NOT IN ('in_force', 'terminated') OR NEW.starts_on < the_head.starts_on
            OR (the_head.ends_on IS NOT NULL AND (NEW.ends_on IS NULL OR NEW.ends_on > the_head.ends_on)) THEN
            RAISE EXCEPTION 'a sub-licence lasts no longer than the licence it is under'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'direct_sub_within_head',
                TABLE = 'direct_directlicence';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.ends_on IS DISTINCT FROM OLD.ends_on AND EXISTS (
        SELECT 1 FROM direct_directlicence sub
        WHERE sub.head_id = NEW.id AND sub.state IN ('signed', 'in_force', 'terminated')
            AND (sub.ends_on IS NULL OR sub.ends_on > NEW.ends_on)
    ) THEN
        RAISE EXCEPTION 'a sub-licence lasts no longer than the licence it is under'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'direct_sub_within_head',
            TABLE = 'direct_directlicence';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER direct_sub_within_head BEFORE INSERT OR UPDATE ON direct_directlicence
    FOR EACH ROW EXECUTE FUNCTION direct_sub_within_head();
ALTER TABLE direct_directlicence ENABLE ALWAYS TRIGGER direct_sub_within_head;
"""
BEYOND_HEAD = """
DROP TRIGGER direct_sub_within_head ON direct_directlicence;
DROP FUNCTION direct_sub_within_head();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("direct", "0003_consents_are_to_contents")]

    operations = [
        migrations.RunSQL(WHEN_IT_COMES_TO_BIND, WHENEVER),
        migrations.RunSQL(WITHIN_HEAD, BEYOND_HEAD),
    ]
