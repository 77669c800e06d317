"""What was accepted, confirmed or superseded stays so, and whoever accepted differences confirms no comparison of them."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

CONFIRMS = """
CREATE FUNCTION cutover_parallelrun_confirmed() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)
        OR (OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_at, OLD.confirmed_by_id)
            IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id)) THEN
        RAISE EXCEPTION 'what was superseded or confirmed stays so'
            USING ERRCODE = 'restrict_violation', TABLE = 'cutover_parallelrun';
    END IF;
    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND (NEW.superseded_at IS NOT NULL OR EXISTS (
        SELECT FROM cutover_paralleldifference d WHERE d.parallel_run_id = NEW.id
            AND (d.accepted_at IS NULL OR d.accepted_by_id = NEW.confirmed_by_id)
    )) THEN
        RAISE EXCEPTION 'a comparison is confirmed by somebody who accepted nothing of it, once all is accepted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'parallelrun_confirmed_by_another',
                TABLE = 'cutover_parallelrun';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER cutover_parallelrun_confirmed BEFORE UPDATE ON cutover_parallelrun
    FOR EACH ROW EXECUTE FUNCTION cutover_parallelrun_confirmed();
ALTER TABLE cutover_parallelrun ENABLE ALWAYS TRIGGER cutover_parallelrun_confirmed;

CREATE FUNCTION cutover_paralleldifference_accepted() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    -- Shared, so that whoever confirms meanwhile is waited for, and nothing is added to what they saw.
    PERFORM FROM cutover_parallelrun WHERE id = NEW.parallel_run_id AND confirmed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a confirmed comparison gets no more differences'
            USING ERRCODE = 'restrict_violation', TABLE = 'cutover_paralleldifference';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.accepted_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was accepted stays so'
            USING ERRCODE = 'restrict_violation', TABLE = 'cutover_paralleldifference';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER cutover_paralleldifference_accepted BEFORE INSERT OR UPDATE ON cutover_paralleldifference
    FOR EACH ROW EXECUTE FUNCTION cutover_paralleldifference_accepted();
ALTER TABLE cutover_paralleldifference ENABLE ALWAYS TRIGGER cutover_paralleldifference_accepted;
"""

UNDONE = """
DROP TRIGGER cutover_parallelrun_confirmed ON cutover_parallelrun;
DROP FUNCTION cutover_parallelrun_confirmed();
DROP TRIGGER cutover_paralleldifference_accepted ON cutover_paralleldifference;
DROP FUNCTION cutover_paralleldifference_accepted();
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("cutover", "0003_confirmed_by_a_second_person"),)

    operations = (
        Instead(
            ImmutableWhen("cutover_parallelrun", may_change=("superseded_at",)),
            ImmutableWhen("cutover_parallelrun", may_change=("superseded_at", "confirmed_at", "confirmed_by_id")),
        ),
        migrations.RunSQL(CONFIRMS, UNDONE),
    )
