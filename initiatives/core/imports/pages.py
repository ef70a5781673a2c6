"""The import pages of a room: upload, map with preview, try, confirm, watch. A room includes them once for each target.

    path("import/", include(ImportPages("initiatives").urls))

URL names: imports, import_run, import_map, import_confirm, import_cancel; or what the target's `pages` says instead of "import".
The room declares their rules (rules.py) and answers the permission to follow one run.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from initiatives.core.imports import mapping as maps
from initiatives.core.imports import running
from initiatives.core.imports.control import Control
from initiatives.core.imports.forms import MappingForm
from initiatives.core.imports.mapping import FieldMap
from initiatives.core.imports.models import ImportRun, same_file_before, upload
from initiatives.core.imports.preview import preview
from initiatives.core.imports.saved import mapping_named, mapping_names, save_mapping
from initiatives.core.imports.table import Table, Unreadable
from initiatives.core.imports.targets import TARGETS, Target, followed_by, page_of
from initiatives.core.imports.upload_form import UploadForm
from initiatives.core.pages import Request, page, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import RuleBroken, Stale, explained

RECENT = 20


class ImportPages:
    def __init__(self, target: str) -> None:
        self.name = target

    @property
    def target(self) -> Target:
        return TARGETS[self.name]

    @property
    def urls(self) -> list[URLPattern]:
        pages = self.target.pages
        return [
            path("", self.imports, name=f"{pages}s"),
            path("<int:number>/", require_GET(self.run), name=f"{pages}_run"),
            path("<int:number>/map/", self.map, name=f"{pages}_map"),
            path("<int:number>/confirm/", require_POST(self.confirm), name=f"{pages}_confirm"),
            path("<int:number>/cancel/", require_POST(self.cancel), name=f"{pages}_cancel"),
        ]

    def to(self, name: str, run: ImportRun) -> str:
        return reverse(page_of(self.target, name), args=[run.pk])

    def run_for(self, request: Request, number: int) -> ImportRun:
        seen = ImportRun.objects.visible_to(request.user).into(self.target).select_related("by")
        return scoped(request, seen, followed_by(self.target), pk=number)

    def show(self, request: Request, template: str, context: Mapping[str, Any], **more: Any) -> HttpResponse:
        links = {"target": self.target, "imports": reverse(page_of(self.target))}
        return page(request, f"core/imports/{template}.html", {**links, **context}, **more)

    # -- Upload ---------------------------------------------------------------------------------------------------------

    def imports(self, request: Request) -> HttpResponse:
        """GET: the upload form and the imports so far. POST: keep the file and go on to its mapping."""
        sent = request.method == "POST"
        given = (request.POST, request.FILES) if sent else ()  # reading them is what finds a file too large
        form = UploadForm(*given, target=self.target, too_large=getattr(request, "too_large", False))
        if sent and form.is_valid():
            with explained(request, form):
                return redirect(self.to("map", self._kept(request, form)))
        runs = ImportRun.objects.visible_to(request.user).into(self.target).newest_first()[:RECENT]
        status = 422 if form.is_bound else 200
        return self.show(request, "upload", {"form": form, "runs": [(run, self.to("run", run)) for run in runs]}, status=status)

    def _kept(self, request: Request, form: UploadForm) -> ImportRun:
        file, name, stated = form.cleaned_data["file"], form.cleaned_data["mapping"], form.stated()
        run = upload(self.target, file, file.name, by=request.user)
        if name or stated != Control():
            mapping = mapping_named(self.target, name) if name else run.mapped()
            run.map(replace(mapping, control=stated), name=name)
        return run

    # -- Map ------------------------------------------------------------------------------------------------------------

    def map(self, request: Request, number: int) -> HttpResponse:
        """GET: the mapping with its preview. POST: keep it, and look again, use a saved one, save it, or try it."""
        run = self.run_for(request, number)
        if obstacle := run.obstacle_to_map():
            request.refused = RuleBroken(obstacle)
            return reply(request, self.to("run", run))
        table, unreadable = self._table(run)
        mapping = self._mapping(run, table)
        options = {about.name: self.target.options(about.name, request.user) for about in self.target.fields}
        form = MappingForm(request.POST or None, target=self.target, mapping=mapping, table=table, options=options)
        if request.POST.get("do") == "use":
            return self._use(request, run)
        if request.method == "POST" and (answer := self._mapped(request, run, form)) is not None:
            return answer
        context = {"run": run, "form": form, "table": table, "unreadable": unreadable, "names": mapping_names(self.target)}
        shown = preview(table, mapping, self.target) if table else None
        context |= {"preview": shown, "before": same_file_before(run), "cancel": self.to("cancel", run)}
        status = 422 if request.method == "POST" else 200
        return self.show(request, "map", context, status=getattr(getattr(request, "refused", None), "status", status))

    def _table(self, run: ImportRun) -> tuple[Table | None, str]:
        try:
            return run.table(), ""
        except Unreadable as error:
            return None, str(error)

    def _mapping(self, run: ImportRun, table: Table | None) -> maps.Mapping:
        mapping = run.mapped()
        if mapping.fields or table is None:
            return mapping
        guessed: dict[str, FieldMap] = maps.suggested(self.target, table.columns)
        return replace(mapping, fields=guessed)

    def _mapped(self, request: Request, run: ImportRun, form: MappingForm) -> HttpResponse | None:
        """What the pressed button asks for; None when the page has to be shown again with what is wrong."""
        if not form.is_valid():
            return None
        with explained(request, form):
            if request.POST.get("version") != str(run.version):
                raise Stale("This mapping was changed after you opened it. Open the page again.")
            mapping, name = form.cleaned_data["mapping"], form.cleaned_data["save_as"]
            if name:
                save_mapping(self.target, name, mapping, by=request.user)
            run.map(mapping, name=name or run.mapping_name)
            if request.POST.get("do") != "try":
                return redirect(self.to("map", run))
            run.tried(running.tried(run.table(mapping), mapping, self.target, request.user))
            return redirect(self.to("run", run))
        return None

    def _use(self, request: Request, run: ImportRun) -> HttpResponse:
        name = request.POST.get("mapping", "")
        with explained(request):
            run.map(replace(mapping_named(self.target, name), control=run.mapped().control), name=name)
        return reply(request, self.to("map", run))

    # -- Result and run -------------------------------------------------------------------------------------------------

    def run(self, request: Request, number: int) -> HttpResponse:
        """What was found, how far it is, or how it ended."""
        run = self.run_for(request, number)
        labels = {about.name: about.label for about in self.target.fields}
        result = run.result
        context = {
            "run": run,
            "withheld": [
                (label, result["withheld"][name]) for name, label in labels.items() if result.get("withheld", {}).get(name)
            ],
            "totals": [(name, Decimal(total), result["given"][name]) for name, total in result.get("totals", {}).items()],
            "values": [
                (label, _most_first(result["values"][name]))
                for name, label in labels.items()
                if result.get("values", {}).get(name)
            ],
            "obstacle": run.obstacle_to_confirm(),
            **{name: self.to(name, run) for name in ("map", "confirm", "cancel")},
        }
        response = self.show(request, "run", context, part="progress")
        if request.htmx and not run.is_open:  # it ended while the page waited
            response["HX-Refresh"] = "true"
        return response

    def confirm(self, request: Request, number: int) -> HttpResponse:
        run = self.run_for(request, number)
        with explained(request):
            run.confirm(by=request.user)
        return reply(request, self.to("run", run))

    def cancel(self, request: Request, number: int) -> HttpResponse:
        run = self.run_for(request, number)
        with explained(request):
            run.cancel(by=request.user)
        return reply(request, self.to("run", run), said="Nothing of this import is stored.")


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
