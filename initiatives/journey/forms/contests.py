"""What people type in a contest: whose it is, evidence, a ruling, an appeal."""

from typing import Any

from django import forms
from django.utils.text import Truncator

from initiatives.core.fields import ProseField
from initiatives.core.forms import offer
from initiatives.journey.models import CaseState, Contest
from initiatives.journey.models.charter_votes import answers_for
from initiatives.organization.models import Department, User


def _departments(form: forms.Form, name: str, pks: Any, by: User) -> None:
    offer(form, name, Department.objects.visible_to(by).active().filter(pk__in=pks).in_order())


class OneOfSeveral(forms.Form):
    """A form that stands beside others on the page of a case: the ids of its fields begin with its own name."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s", **more})


class SpokenFor(OneOfSeveral):
    """A form of one department: a hidden or visible choice among those for which the reader speaks."""

    department = forms.ModelChoiceField(Department.objects.none(), label="For which department", empty_label=None)

    def __init__(self, *args: Any, by: User, speaks_for: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _departments(self, "department", speaks_for, by)
        if len(speaks_for) == 1:
            self.fields["department"].widget = forms.HiddenInput()
            self.fields["department"].initial = next(iter(speaks_for))


class ContestForm(SpokenFor):
    """“This is ours” or “this is not ours, it is theirs”."""

    names = forms.ModelChoiceField(
        Department.objects.none(),
        label="Whose it is",
        required=False,
        empty_label="Ours",
    )
    words = ProseField(label="Why", max_length=5_000, help_text="This is the first evidence in the case.")

    def __init__(self, *args: Any, by: User, speaks_for: Any, **more: Any) -> None:
        super().__init__(*args, by=by, speaks_for=speaks_for, **more)
        _departments(self, "names", Department.objects.active().values("pk"), by)
        self.fields["words"].widget.attrs["rows"] = 4

    @property
    def claim(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"names": data["names"] or data["department"], "words": data["words"]}


class ClaimForm(ContestForm):
    """A claim in a case that runs: it names the own department or one that has a stake already."""

    def __init__(self, *args: Any, by: User, speaks_for: Any, contest: Contest, **more: Any) -> None:
        super().__init__(*args, by=by, speaks_for=speaks_for, **more)
        own = set(speaks_for) if len(speaks_for) == 1 else set()  # who answers for two sides may say that it is of the other
        _departments(self, "names", contest.side_ids() - own, by)
        self.fields["words"].help_text = "It is added to the evidence."


class EvidenceForm(SpokenFor):
    words = ProseField(label="Evidence", max_length=5_000, help_text="Decisions, contracts, who did it so far.")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].widget.attrs["rows"] = 4


class AppealForm(EvidenceForm):
    words = ProseField(label="Why the ruling is wrong", max_length=5_000)


class RuleForm(OneOfSeveral):
    """Whose it is, why, and on which evidence."""

    department = forms.ModelChoiceField(Department.objects.none(), label="Whose it is")
    rationale = ProseField(label="Rationale", max_length=5_000, widget=forms.Textarea(attrs={"rows": 5}))
    cites = forms.TypedMultipleChoiceField(
        label="Evidence that you rely on",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, by: User, contest: Contest, **more: Any) -> None:
        super().__init__(*args, **more)
        _departments(self, "department", contest.side_ids(), by)
        cites = self.fields["cites"]
        assert isinstance(cites, forms.TypedMultipleChoiceField)
        cites.choices = [
            (one.number, f"{one}: {Truncator(one.words).words(14)}") for one in contest.evidence.select_related("department")
        ]


def forms_of(user: User, contest: Contest) -> dict[str, forms.Form]:
    """The forms of what this person may do in a case now, by their names on its page."""
    mine = answers_for(user)
    ours = mine & contest.side_ids()
    found: dict[str, forms.Form] = {}
    may_claim = ours if contest.state == CaseState.MEDIATION else mine
    if may_claim and contest.obstacle_to_claim() is None:
        found["claim_form"] = ClaimForm(by=user, speaks_for=may_claim, contest=contest)
    if ours and contest.obstacle_to_give_evidence() is None:
        found["evidence_form"] = EvidenceForm(by=user, speaks_for=ours)
    lost = ours - {contest.ruled_for_id}
    if lost and contest.obstacle_to_appeal() is None:
        found["appeal_form"] = AppealForm(by=user, speaks_for=lost)
    if user.standing.holds("cxo", "ceo") and contest.obstacle_to_rule(user) is None:
        found["rule_form"] = RuleForm(by=user, contest=contest)
    return found
