"""Decide: the ranking and its history for everybody, the draft and the judgements for the CXO."""

from django.http import Http404, HttpResponse
from django.urls import reverse

from initiatives.core.pages import Request, page, reply
from initiatives.core.rules import explained
from initiatives.decisions.forms import Arrangement, AssessForm, PublishForm
from initiatives.decisions.models import Assessment, Ranking
from initiatives.decisions.reports import ranking as reports
from initiatives.portfolio.access import initiative_for


def ranking(request: Request) -> HttpResponse:
    report = reports.published(request.user, Ranking.objects.in_force(), request.GET.get("page", ""), beside=True)
    return page(request, "decisions/ranking.html", {**report, "in_force": True}, part="rows")


def published(request: Request, number: int) -> HttpResponse:
    chosen = Ranking.objects.published().select_related("published_by").filter(number=min(number, 2**31 - 1)).first()
    if chosen is None:
        raise Http404
    report = reports.published(request.user, chosen, request.GET.get("page", ""))
    in_force = Ranking.objects.last_number() == chosen.number
    return page(request, "decisions/ranking.html", {**report, "in_force": in_force}, part="rows")


def history(request: Request) -> HttpResponse:
    return page(request, "decisions/history.html", {"rankings": reports.history(request.user)})


def draft(request: Request) -> HttpResponse:
    if request.method == "POST":
        return arrange(request)
    return show_draft(request, PublishForm())


def show_draft(request: Request, form: PublishForm, status: int = 200) -> HttpResponse:
    report = reports.draft(request.user, request.GET.get("page", ""))
    return page(request, "decisions/draft.html", {**report, "form": form, "judge": AssessForm(auto_id=False)}, status=status)


def arrange(request: Request) -> HttpResponse:
    wanted = Arrangement(request.POST)
    with explained(request):
        Ranking.objects.draft().arrange(wanted.order, wanted.reasons, seen=wanted.seen, by=request.user)
    return reply(request, "decisions:draft")


def publish(request: Request) -> HttpResponse:
    form, chosen = PublishForm(request.POST), Ranking.objects.draft()
    if not form.is_valid():
        return show_draft(request, form, status=422)
    with explained(request):
        chosen.publish(form.cleaned_data["rationale"], seen=form.cleaned_data["seen"], by=request.user)
    if getattr(request, "refused", None):
        return reply(request, "decisions:draft")
    return reply(request, "decisions:ranking", said=f"{chosen} is published. Everybody sees it now.")


def assessments(request: Request, ref: str) -> HttpResponse:
    chosen = initiative_for(request, ref)
    return page(request, "decisions/assessments.html", {**reports.standing_of(request.user, chosen), "form": AssessForm()})


def assess(request: Request, ref: str) -> HttpResponse:
    chosen = initiative_for(request, ref, to="assess")
    form = AssessForm(request.POST)
    if not form.is_valid():
        report = {**reports.standing_of(request.user, chosen), "form": form}
        return page(request, "decisions/assessments.html", report, status=422)
    with explained(request):
        Assessment.objects.assess(chosen, by=request.user, **form.cleaned_data)
    page_of_initiative = request.POST.get("back") == "initiative"
    back = reverse("decisions:assessments", args=[chosen.reference]) if page_of_initiative else "decisions:draft"
    return reply(request, back, said=f"{chosen.reference} is assessed.")
