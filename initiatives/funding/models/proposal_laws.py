"""What the database keeps of proposals about authority, whoever writes them: see `Proposed`."""

import pgtrigger

from initiatives.core.triggers import with_refusals

BY_WHO_PROPOSED = "Only who proposed it takes it back."


def set_by_two(
    name: str, *about: str, proposed_first: tuple[str, str], stays: tuple[str, str], by_a_cxo: tuple[str, str]
) -> pgtrigger.Trigger:
    """Rows of `Proposed` are proposed first, keep what they are `about`, end no later than they did, and a CXO confirms them.

    The others are the constraint and the sentence of each refusal.
    """
    new, old = (", ".join(f"{row}.{column}" for column in (*about, "by_id")) for row in ("NEW", "OLD"))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=with_refusals(
            f"""
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'proposed' THEN REFUSE {proposed_first[0]}; END IF;
            RETURN NEW;
        END IF;
        IF ({new})
            IS DISTINCT FROM ({old})
            OR (OLD.state <> 'proposed' AND (NEW.state <> OLD.state OR NEW.starts <> OLD.starts
                OR NEW.decided_by_id <> OLD.decided_by_id OR coalesce(NEW.ends, 'infinity') > coalesce(OLD.ends, 'infinity')))
        THEN REFUSE {stays[0]};
        END IF;
        IF NEW.state = 'withdrawn' AND OLD.state = 'proposed' AND NEW.decided_by_id <> NEW.by_id THEN
            REFUSE withdrawn_by_who_proposed;
        END IF;
        IF NEW.state = 'confirmed' AND OLD.state = 'proposed' AND (NEW.decided_by_id = NEW.by_id OR NOT EXISTS (
            SELECT FROM organization_role role
            WHERE role.person_id = NEW.decided_by_id AND role.kind = 'cxo' AND (role.ends IS NULL OR role.ends > role.starts)))
        THEN REFUSE {by_a_cxo[0]};
        END IF;
        RETURN NEW;
    """,
            withdrawn_by_who_proposed=BY_WHO_PROPOSED,
            **dict((proposed_first, stays, by_a_cxo)),
        ),
    )
