from django.urls import path, register_converter

from initiatives.portfolio import lists, views


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
    path("views/", lists.save_view, name="save_view"),
    path("views/<int:number>/", lists.rename_view, name="rename_view"),
    path("views/<int:number>/discard/", lists.discard_view, name="discard_view"),
    path("new/", views.create, name="create"),
    path("<ref:ref>/", views.initiative, name="initiative"),
    path("<ref:ref>/edit/", views.edit, name="edit"),
    path("<ref:ref>/propose/", views.propose, name="propose"),
    path("<ref:ref>/launch/", views.launch, name="launch"),
    path("<ref:ref>/complete/", views.complete, name="complete"),
    path("<ref:ref>/realise/", views.realise, name="realise"),
    path("<ref:ref>/decline/", views.decline, name="decline"),
    path("<ref:ref>/pause/", views.pause, name="pause"),
    path("<ref:ref>/resume/", views.resume, name="resume"),
    path("<ref:ref>/cancel/", views.cancel, name="cancel"),
    path("<ref:ref>/make-confidential/", views.make_confidential, name="make_confidential"),
    path("<ref:ref>/open-up/", views.open_up, name="open_up"),
    path("<ref:ref>/parts/new/", views.propose_involvement, name="propose_involvement"),
    path("<ref:ref>/parts/<int:number>/", views.involvement, name="involvement"),
    path("<ref:ref>/parts/<int:number>/accept/", views.accept_involvement, name="accept_involvement"),
    path("<ref:ref>/parts/<int:number>/decline/", views.decline_involvement, name="decline_involvement"),
    path("<ref:ref>/parts/<int:number>/end/", views.end_involvement, name="end_involvement"),
    path("<ref:ref>/parts/<int:number>/hand-to/", views.hand_involvement, name="hand_involvement"),
    path("<ref:ref>/check-in/", views.check_in, name="check_in"),
    path("<ref:ref>/no-change/", views.report_no_change, name="report_no_change"),
    path("<ref:ref>/milestones/new/", views.add_milestone, name="add_milestone"),
    path("<ref:ref>/milestones/<int:number>/meet/", views.meet_milestone, name="meet_milestone"),
    path("<ref:ref>/milestones/<int:number>/move/", views.move_milestone, name="move_milestone"),
    path("<ref:ref>/milestones/<int:number>/drop/", views.drop_milestone, name="drop_milestone"),
]
