"""What the database itself keeps right about questions: asked once, answered once, and a request waits for the answer."""

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals

QUESTIONS_STAY = pgtrigger.Trigger(
    name="questions_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("waits", "varchar")],
    func=with_refusals(
        """
        SELECT state INTO STRICT waits FROM funding_fundingrequest WHERE id = NEW.request_id FOR NO KEY UPDATE;
        IF (TG_OP = 'INSERT' AND waits <> 'submitted') OR (TG_OP = 'UPDATE' AND waits <> 'returned') THEN
            REFUSE asked_while_it_waits;
        END IF;
        IF TG_OP = 'UPDATE' AND (OLD.answered_at IS NOT NULL
            OR (NEW.request_id, NEW.by_id, NEW.text, NEW.at, NEW.days_to_decide, NEW.days_to_expire)
            IS DISTINCT FROM (OLD.request_id, OLD.by_id, OLD.text, OLD.at, OLD.days_to_decide, OLD.days_to_expire))
        THEN REFUSE what_was_asked_stays;
        END IF;
        RETURN NEW;
    """,
        asked_while_it_waits="A question is put while a request waits for approval, and answered while it is returned.",
        what_was_asked_stays="What was asked and answered stays as it is.",
    ),
)

RETURNED_WITH_A_QUESTION = pgtrigger.Trigger(
    name="returned_with_a_question",
    when=pgtrigger.Before,
    operation=update_of("state"),
    func=with_refusals(
        """
        IF ((OLD.state = 'submitted' AND NEW.state = 'returned') OR (OLD.state = 'returned' AND NEW.state = 'submitted'))
            AND (NEW.state = 'returned') <> EXISTS (
                SELECT FROM funding_question WHERE request_id = NEW.id AND answered_at IS NULL)
        THEN REFUSE returned_with_a_question;
        END IF;
        RETURN NEW;
    """,
        returned_with_a_question="A request is returned with a question, and waits for approval again when it is answered.",
    ),
)
