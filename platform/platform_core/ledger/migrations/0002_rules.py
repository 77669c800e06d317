"""Entries balance, follow one another and stay as they are, whoever writes them."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen, OfUnmerged

FOLLOWS = """
CREATE FUNCTION ledger_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    last record;
    closed date;
BEGIN
    -- One transaction at a time writes to the books of an entity: the next one sees what this one wrote.
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    SELECT number, hash INTO last FROM ledger_entry
     WHERE operating_entity_id = NEW.operating_entity_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.previous_hash <> coalesce(last.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'an entry follows the last one of its books'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_follows', TABLE = 'ledger_entry';
    END IF;
    SELECT closed_through INTO closed FROM ledger_bookclosing
     WHERE operating_entity_id = NEW.operating_entity_id ORDER BY number DESC LIMIT 1;
    IF NEW.effective_on <= closed THEN
        RAISE EXCEPTION 'the books are closed through %', closed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_day_is_open', TABLE = 'ledger_entry';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER ledger_entry_follows BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_follows();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_follows;
"""

# The text that is hashed is that of `platform_core.ledger.calculation.entry_hash`.
WHOLE = """
CREATE FUNCTION ledger_check_entry(checked uuid) RETURNS void LANGUAGE plpgsql AS $rule$
DECLARE
    told ledger_entry;
    written record;
    wrong record;
BEGIN
    SELECT * INTO told FROM ledger_entry WHERE id = checked;
    SELECT count(*) AS count, coalesce(max(p.place), 0) AS last_place,
           coalesce(bool_or(a.operating_entity_id <> told.operating_entity_id), false) AS of_others,
           coalesce(bool_or(a.purpose <> told.purpose), false) AS mixed,
           coalesce(bool_or(p.effective_on <> told.effective_on), false) AS on_other_days,
           string_agg(p.place || '|' || p.account_id || '|' || p.amount_minor, E'\\n' ORDER BY p.place) AS lines
      INTO written
      FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
     WHERE p.entry_id = checked;
    IF written.count < 2 OR written.count <> written.last_place OR written.of_others OR written.on_other_days THEN
        RAISE EXCEPTION 'entry % is not whole', told.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_is_whole', TABLE = 'ledger_entry';
    END IF;
    IF written.mixed THEN
        RAISE EXCEPTION 'entry % mixes money of different purposes', told.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_of_one_purpose', TABLE = 'ledger_entry';
    END IF;
    SELECT a.currency, sum(p.amount_minor) AS rest INTO wrong
      FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
     WHERE p.entry_id = checked GROUP BY a.currency HAVING sum(p.amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance: % % are left over', told.number, wrong.rest, wrong.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_balances', TABLE = 'ledger_entry';
    END IF;
    IF told.hash <> encode(sha256(convert_to(concat_ws(E'\\n',
            'lianchi-ledger/1', told.operating_entity_id, told.number, told.previous_hash, told.key, told.purpose, told.name,
            to_char(told.effective_on, 'YYYY-MM-DD'),
            to_char(told.booked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            told.subject_type, told.subject_id,
            encode(sha256(convert_to(told.memo, 'UTF8')), 'hex'), coalesce(told.reverses_id::text, ''), written.lines
        ), 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash of entry % is not that of what it says', told.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_hash', TABLE = 'ledger_entry';
    END IF;
END $rule$;

CREATE FUNCTION ledger_entry_whole() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM ledger_check_entry(NEW.id);
    RETURN NULL;
END $rule$;
CREATE CONSTRAINT TRIGGER ledger_entry_whole AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_whole();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_whole;

CREATE FUNCTION ledger_posting_whole() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    -- The hash is of all lines: none is added to an entry later.
    PERFORM ledger_check_entry(entry_id) FROM (SELECT DISTINCT entry_id FROM added) entries;
    IF EXISTS (SELECT FROM added JOIN ledger_account a ON a.id = added.account_id WHERE a.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'nothing is booked on a closed account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerposting_account_is_open', TABLE = 'ledger_posting';
    END IF;
    RETURN NULL;
END $rule$;
CREATE TRIGGER ledger_posting_whole AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_whole();
ALTER TABLE ledger_posting ENABLE ALWAYS TRIGGER ledger_posting_whole;
"""

CLOSINGS = """
CREATE FUNCTION ledger_bookclosing_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    IF NEW.number <> 1 + coalesce(
        (SELECT max(number) FROM ledger_bookclosing WHERE operating_entity_id = NEW.operating_entity_id), 0) THEN
        RAISE EXCEPTION 'a closing follows the last one of its books'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_follows', TABLE = 'ledger_bookclosing';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER ledger_bookclosing_follows BEFORE INSERT ON ledger_bookclosing
    FOR EACH ROW EXECUTE FUNCTION ledger_bookclosing_follows();
ALTER TABLE ledger_bookclosing ENABLE ALWAYS TRIGGER ledger_bookclosing_follows;

CREATE FUNCTION ledger_account_closes() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    IF (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting WHERE account_id = NEW.id) <> 0 THEN
        RAISE EXCEPTION 'an account with a balance stays open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgeraccount_closes_empty', TABLE = 'ledger_account';
    END IF;
    RETURN NEW;
END $rule$;
CREATE TRIGGER ledger_account_closes BEFORE UPDATE OF closed_at ON ledger_account
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION ledger_account_closes();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_closes;
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("ledger", "0001_initial"), ("identity", "0004_merged_organisations"))

    operations = (
        migrations.RunSQL(
            FOLLOWS,
            "DROP TRIGGER ledger_entry_follows ON ledger_entry; DROP FUNCTION ledger_entry_follows();",
        ),
        migrations.RunSQL(
            WHOLE,
            "DROP TRIGGER ledger_posting_whole ON ledger_posting; DROP FUNCTION ledger_posting_whole();"
            "DROP TRIGGER ledger_entry_whole ON ledger_entry; DROP FUNCTION ledger_entry_whole();"
            "DROP FUNCTION ledger_check_entry(uuid);",
        ),
        migrations.RunSQL(
            CLOSINGS,
            "DROP TRIGGER ledger_account_closes ON ledger_account; DROP FUNCTION ledger_account_closes();"
            "DROP TRIGGER ledger_bookclosing_follows ON ledger_bookclosing; DROP FUNCTION ledger_bookclosing_follows();",
        ),
        AppendOnly("ledger_entry"),
        AppendOnly("ledger_posting"),
        AppendOnly("ledger_bookclosing"),
        ImmutableWhen("ledger_account", "true", may_change=["closed_at", "holder_id"]),
        OfUnmerged("ledger_account", "holder_id", fixed=True),
    )
