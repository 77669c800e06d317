"""Whoever writes to books sees them as they are, what reverses an entry is its opposite, and a closed account stays so."""

from django.db import migrations

NOW = """
CREATE FUNCTION ledger_as_it_is_now() RETURNS void LANGUAGE plpgsql AS $rule$
BEGIN
    -- The lock of the books lets one in after the other; a transaction that still reads what was before the lock would
    -- book on days, or close an account with lines, of which it knows nothing.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'books are written to by whoever reads them as they are now: use read committed'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
END $rule$;
"""

FOLLOWS = """
CREATE OR REPLACE FUNCTION ledger_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    last record;
    closed date;
BEGIN
    PERFORM ledger_as_it_is_now();
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
"""

CHECK = """
CREATE OR REPLACE FUNCTION ledger_check_entry(checked uuid) RETURNS void LANGUAGE plpgsql AS $rule$
DECLARE
    told ledger_entry;
    written record;
    wrong record;
    reversed record;
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
    IF told.reverses_id IS NOT NULL THEN
        SELECT e.operating_entity_id AS books,
               string_agg(p.place || '|' || p.account_id || '|' || -p.amount_minor, E'\\n' ORDER BY p.place) AS lines
          INTO reversed
          FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
         WHERE e.id = told.reverses_id GROUP BY e.operating_entity_id;
        IF reversed.books IS DISTINCT FROM told.operating_entity_id OR reversed.lines IS DISTINCT FROM written.lines THEN
            RAISE EXCEPTION 'what takes entry % back says the opposite of it in the same books', told.reverses_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_is_the_opposite', TABLE = 'ledger_entry';
        END IF;
    END IF;
END $rule$;
"""

CLOSES = """
CREATE OR REPLACE FUNCTION ledger_account_closes() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM ledger_as_it_is_now();
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    IF (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting WHERE account_id = NEW.id) <> 0 THEN
        RAISE EXCEPTION 'an account with a balance stays open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgeraccount_closes_empty', TABLE = 'ledger_account';
    END IF;
    RETURN NEW;
END $rule$;
"""

BOOK_CLOSING = """
CREATE OR REPLACE FUNCTION ledger_bookclosing_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    last record;
BEGIN
    PERFORM ledger_as_it_is_now();
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    SELECT number, closed_through INTO last FROM ledger_bookclosing
     WHERE operating_entity_id = NEW.operating_entity_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> 1 + coalesce(last.number, 0) THEN
        RAISE EXCEPTION 'a closing follows the last one of its books'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_follows', TABLE = 'ledger_bookclosing';
    END IF;
    IF last.closed_through IS NOT NULL AND coalesce(NEW.closed_through < last.closed_through, true)
        AND NOT EXISTS (
            SELECT FROM ledger_bookreopening r
             WHERE r.id = NEW.reopening_id AND r.operating_entity_id = NEW.operating_entity_id
               AND r.state = 'granted' AND r.through IS NOT DISTINCT FROM NEW.closed_through
        ) THEN
        RAISE EXCEPTION 'closed days are opened by two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_opened_by_two', TABLE = 'ledger_bookclosing';
    END IF;
    RETURN NEW;
END $rule$;
"""

STAYS_CLOSED = """
CREATE FUNCTION ledger_account_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    RAISE EXCEPTION 'a closed account stays closed'
        USING ERRCODE = 'restrict_violation', TABLE = 'ledger_account';
END $rule$;
CREATE TRIGGER ledger_account_stays_closed BEFORE UPDATE OF closed_at ON ledger_account
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at)
    EXECUTE FUNCTION ledger_account_stays_closed();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_stays_closed;
"""

FOLLOWS_BEFORE = """
CREATE OR REPLACE FUNCTION ledger_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
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
"""

CHECK_BEFORE = """
CREATE OR REPLACE FUNCTION ledger_check_entry(checked uuid) RETURNS void LANGUAGE plpgsql AS $rule$
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
"""

CLOSES_BEFORE = """
CREATE OR REPLACE FUNCTION ledger_account_closes() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    IF (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting WHERE account_id = NEW.id) <> 0 THEN
        RAISE EXCEPTION 'an account with a balance stays open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgeraccount_closes_empty', TABLE = 'ledger_account';
    END IF;
    RETURN NEW;
END $rule$;
"""

BOOK_CLOSING_BEFORE = """
CREATE OR REPLACE FUNCTION ledger_bookclosing_follows() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger of ' || NEW.operating_entity_id, 0));
    SELECT number, closed_through INTO last FROM ledger_bookclosing
     WHERE operating_entity_id = NEW.operating_entity_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> 1 + coalesce(last.number, 0) THEN
        RAISE EXCEPTION 'a closing follows the last one of its books'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_follows', TABLE = 'ledger_bookclosing';
    END IF;
    IF last.closed_through IS NOT NULL AND coalesce(NEW.closed_through < last.closed_through, true)
        AND NOT EXISTS (
            SELECT FROM ledger_bookreopening r
             WHERE r.id = NEW.reopening_id AND r.operating_entity_id = NEW.operating_entity_id
               AND r.state = 'granted' AND r.through IS NOT DISTINCT FROM NEW.closed_through
        ) THEN
        RAISE EXCEPTION 'closed days are opened by two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bookclosing_opened_by_two', TABLE = 'ledger_bookclosing';
    END IF;
    RETURN NEW;
END $rule$;
"""


class Migration(migrations.Migration):
    """Rules that raw SQL could get around."""

    dependencies = (("ledger", "0004_two_open_days"),)

    operations = (
        migrations.RunSQL(NOW, "DROP FUNCTION ledger_as_it_is_now();"),
        migrations.RunSQL(FOLLOWS, FOLLOWS_BEFORE),
        migrations.RunSQL(CHECK, CHECK_BEFORE),
        migrations.RunSQL(CLOSES, CLOSES_BEFORE),
        migrations.RunSQL(BOOK_CLOSING, BOOK_CLOSING_BEFORE),
        migrations.RunSQL(
            STAYS_CLOSED,
            "DROP TRIGGER ledger_account_stays_closed ON ledger_account; DROP FUNCTION ledger_account_stays_closed();",
        ),
    )
