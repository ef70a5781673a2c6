from django.urls import include, path, register_converter

from initiatives.core.imports.pages import ImportPages
from initiatives.portfolio.views import aims, baselines, case, experiments, gates, initiatives, lists, parts, progress


class Reference:
    """CX- and digits; anything else is no initiative's address."""

    regex = r"CX-[0-9]{3,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "ref")
app_name = "portfolio"

urlpatterns = [
    path("", lists.portfolio, name="list"),
    path("board/", lists.board, name="board"),
    path("export.csv", lists.export, name="export"),
    path("views/", lists.saved_views, name="saved_views"),
    path("views/save/", lists.save_view, name="save_view"),
    path("views/<int:number>/", lists.rename_view, name="rename_view"),
    path("views/<int:number>/discard/", lists.discard_view, name="discard_view"),
    path("import/", include(ImportPages("initiatives").urls)),
    path("new/", initiatives.create, name="create"),
    path("<ref:ref>/", initiatives.initiative, name="initiative"),
    path("<ref:ref>/edit/", initiatives.edit, name="edit"),
    path("<ref:ref>/problems/", aims.answer_problem, name="answer_problem"),
    path("<ref:ref>/problems/leave/", aims.leave_problem, name="leave_problem"),
    path("<ref:ref>/touchpoints/", aims.improve, name="improve"),
    path("<ref:ref>/touchpoints/leave/", aims.leave_touchpoint, name="leave_touchpoint"),
    path("<ref:ref>/propose/", initiatives.propose, name="propose"),
    path("<ref:ref>/launch/", initiatives.launch, name="launch"),
    path("<ref:ref>/complete/", initiatives.complete, name="complete"),
    path("<ref:ref>/realise/", initiatives.realise, name="realise"),
    path("<ref:ref>/decline/", initiatives.decline, name="decline"),
    path("<ref:ref>/pause/", initiatives.pause, name="pause"),
    path("<ref:ref>/resume/", initiatives.resume, name="resume"),
    path("<ref:ref>/cancel/", initiatives.cancel, name="cancel"),
    path("<ref:ref>/make-confidential/", initiatives.make_confidential, name="make_confidential"),
    path("<ref:ref>/open-up/", initiatives.open_up, name="open_up"),
    path("<ref:ref>/parts/new/", parts.propose_involvement, name="propose_involvement"),
    path("<ref:ref>/parts/<int:number>/", parts.involvement, name="involvement"),
    path("<ref:ref>/parts/<int:number>/accept/", parts.accept_involvement, name="accept_involvement"),
    path("<ref:ref>/parts/<int:number>/decline/", parts.decline_involvement, name="decline_involvement"),
    path("<ref:ref>/parts/<int:number>/end/", parts.end_involvement, name="end_involvement"),
    path("<ref:ref>/parts/<int:number>/hand-to/", parts.hand_involvement, name="hand_involvement"),
    path("<ref:ref>/check-in/", progress.check_in, name="check_in"),
    path("<ref:ref>/no-change/", progress.report_no_change, name="report_no_change"),
    path("<ref:ref>/milestones/new/", progress.add_milestone, name="add_milestone"),
    path("<ref:ref>/milestones/<int:number>/meet/", progress.meet_milestone, name="meet_milestone"),
    path("<ref:ref>/milestones/<int:number>/move/", progress.move_milestone, name="move_milestone"),
    path("<ref:ref>/milestones/<int:number>/drop/", progress.drop_milestone, name="drop_milestone"),
    path("<ref:ref>/milestones/<int:number>/gate/set/", gates.set_gate, name="set_gate"),
    path("<ref:ref>/milestones/<int:number>/gate/", gates.gate, name="gate"),
    path("<ref:ref>/milestones/<int:number>/gate/answer/", gates.gate_answer, name="gate_answer"),
    path("<ref:ref>/milestones/<int:number>/gate/go/", gates.gate_go, name="gate_go"),
    path("<ref:ref>/milestones/<int:number>/gate/hold/", gates.gate_hold, name="gate_hold"),
    path("<ref:ref>/milestones/<int:number>/gate/recycle/", gates.gate_recycle, name="gate_recycle"),
    path("<ref:ref>/milestones/<int:number>/gate/kill/", gates.gate_kill, name="gate_kill"),
    path("<ref:ref>/case/", case.case, name="case"),
    path("<ref:ref>/case/write/", case.write_case, name="write_case"),
    path("<ref:ref>/case/reading/", case.take_reading, name="take_reading"),
    path("<ref:ref>/case/owner/", case.ask_benefit_owner, name="ask_benefit_owner"),
    path("<ref:ref>/case/owner/<int:number>/accept/", case.accept_benefit, name="accept_benefit"),
    path("<ref:ref>/case/owner/<int:number>/decline/", case.decline_benefit, name="decline_benefit"),
    path("<ref:ref>/baseline/", baselines.baseline, name="baseline"),
    path("<ref:ref>/baseline/propose/", baselines.propose_baseline, name="propose_baseline"),
    path("<ref:ref>/baseline/<int:number>/approve/", baselines.approve_baseline, name="approve_baseline"),
    path("<ref:ref>/baseline/<int:number>/decline/", baselines.decline_baseline, name="decline_baseline"),
    path("<ref:ref>/baseline/<int:number>/withdraw/", baselines.withdraw_baseline, name="withdraw_baseline"),
    path("<ref:ref>/experiments/", experiments.experiments, name="experiments"),
    path("<ref:ref>/experiments/start/", experiments.start_experiment, name="start_experiment"),
    path("<ref:ref>/experiments/<int:number>/move/", experiments.move_experiment, name="move_experiment"),
    path("<ref:ref>/experiments/<int:number>/conclude/", experiments.conclude_experiment, name="conclude_experiment"),
]
