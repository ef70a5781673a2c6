"""Seal each event into the hash chain when its transaction commits.

A deferred constraint trigger takes the advisory lock only at commit, so the lock is held for microseconds and never
while a row lock is waited for. The canonical text of an event is its fields, each preceded by its length in bytes.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_event_text(event core_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(octet_length(part) || ':' || part, ',' ORDER BY place)
    FROM unnest(ARRAY[
        event.id::text,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        coalesce(event.actor_id::text, ''),
        event.actor_name,
        coalesce(event.on_behalf_of_id::text, ''),
        event.verb,
        event.subject_type,
        event.subject_id::text,
        event.changes::text,
        event.reason
    ]) WITH ORDINALITY AS parts(part, place)
$$;

CREATE FUNCTION core_seal_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last core_seal%ROWTYPE;
    before text := repeat('0', 64);
    place bigint := 1;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('core_seal'));
    SELECT * INTO last FROM core_seal ORDER BY position DESC LIMIT 1;
    IF FOUND THEN
        before := last.digest;
        place := last.position + 1;
    END IF;
    INSERT INTO core_seal (position, event_id, previous, digest)
    VALUES (place, NEW.id, before, encode(sha256(convert_to(before || core_event_text(NEW), 'UTF8')), 'hex'));
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER core_event_seal AFTER INSERT ON core_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_seal_event();
"""

BACKWARD = """
DROP TRIGGER core_event_seal ON core_event;
DROP FUNCTION core_seal_event();
DROP FUNCTION core_event_text(core_event);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_audit_trail")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
