"""What was previewed stays as it was; it is booked once, by a second person, and undone once, whoever writes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen

MOVES = """
CREATE FUNCTION cutover_opening_moves() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'previewed' THEN
            RAISE EXCEPTION 'what is carried over is previewed first'
                USING ERRCODE = 'restrict_violation', TABLE = 'cutover_opening';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('previewed', 'superseded'), ('previewed', 'booked'), ('booked', 'undone')) THEN
        RAISE EXCEPTION 'what is carried over does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', TABLE = 'cutover_opening';
    END IF;
    IF OLD.state = 'booked' AND (OLD.confirmed_at, OLD.confirmed_by_id, OLD.last_entry_id)
        IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id, NEW.last_entry_id) THEN
        RAISE EXCEPTION 'who confirmed what was carried over stays'
            USING ERRCODE = 'restrict_violation', TABLE = 'cutover_opening';
    END IF;
    IF NEW.state = 'booked' AND EXISTS (
        SELECT FROM cutover_openingdifference d WHERE d.opening_id = NEW.id AND d.hinders
    ) THEN
        RAISE EXCEPTION 'what does not tie is not booked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opening_ties', TABLE = 'cutover_opening';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER cutover_opening_moves BEFORE INSERT OR UPDATE ON cutover_opening
    FOR EACH ROW EXECUTE FUNCTION cutover_opening_moves();
ALTER TABLE cutover_opening ENABLE ALWAYS TRIGGER cutover_opening_moves;
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("cutover", "0005_openings"),)

    operations = (
        ImmutableWhen(
            "cutover_opening",
            may_change=(
                "state",
                "confirmed_at",
                "confirmed_by_id",
                "last_entry_id",
                "undone_at",
                "undone_by_id",
                "reason",
            ),
        ),
        migrations.RunSQL(
            MOVES,
            "DROP TRIGGER cutover_opening_moves ON cutover_opening; DROP FUNCTION cutover_opening_moves();",
        ),
        AppendOnly("cutover_openingfile"),
        AppendOnly("cutover_openingdifference"),
    )
