"""Decide: the ranking in force, those before it, the draft of the next, how each initiative was judged, what heads would give."""

from django.urls import path

from initiatives.decisions.views import log, ranking, rounds, scenarios

app_name = "decisions"
urlpatterns = [
    path("", ranking.ranking, name="ranking"),
    path("history/", ranking.history, name="history"),
    path("draft/", ranking.draft, name="draft"),
    path("draft/publish/", ranking.publish, name="publish"),
    path("initiatives/<str:ref>/", ranking.assessments, name="assessments"),
    path("initiatives/<str:ref>/assess/", ranking.assess, name="assess"),
    path("log/", log.log, name="log"),
    path("log/bound/", log.paper_bound, name="paper_bound"),
    path("log/<int:number>/", log.decision, name="decision"),
    path("log/<int:number>/weigh/", log.weigh, name="weigh"),
    path("log/<int:number>/review/", log.review, name="review"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/new/", scenarios.scenario_write, name="scenario_write"),
    path("scenarios/<int:number>/", scenarios.scenario, name="scenario"),
    path("scenarios/<int:number>/plan/", scenarios.scenario_plan, name="scenario_plan"),
    path("scenarios/<int:number>/approve/", scenarios.scenario_approve, name="scenario_approve"),
    path("scenarios/<int:number>/requests/", scenarios.scenario_request, name="scenario_request"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/open/", rounds.open_round, name="round_open"),
    path("rounds/<int:number>/", rounds.one, name="round"),
    path("rounds/<int:number>/close/", rounds.close, name="round_close"),
    path("rounds/<int:number>/ballots/<int:department>/", rounds.divide, name="ballot"),
    path("<int:number>/", ranking.published, name="published"),
]
