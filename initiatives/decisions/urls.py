"""Decide: the ranking in force, those before it, the draft of the next, and how each initiative was judged."""

from django.urls import path

from initiatives.decisions import views

app_name = "decisions"
urlpatterns = [
    path("", views.ranking, name="ranking"),
    path("history/", views.history, name="history"),
    path("draft/", views.draft, name="draft"),
    path("draft/publish/", views.publish, name="publish"),
    path("initiatives/<str:ref>/", views.assessments, name="assessments"),
    path("initiatives/<str:ref>/assess/", views.assess, name="assess"),
    path("<int:number>/", views.published, name="published"),
]
