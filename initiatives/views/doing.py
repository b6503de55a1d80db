from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import DetailView

from initiatives import charts
from initiatives.filters import doing as filters
from initiatives.forms import doing as forms
from initiatives.imports import ACTIVITY_COLUMNS, ActivityImport
from initiatives.models import Activity, Milestone, Story, TargetGroup
from kulturmetropol import pictures
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage


class ActivityList(ListPage):
    model = Activity
    filterset_class = filters.ActivityFilter
    export_columns = ACTIVITY_COLUMNS
    import_kind = ActivityImport

    def get_queryset(self):
        return super().get_queryset().select_related("initiative__area").prefetch_related("municipalities")

    def get_context_data(self, **kwargs):
        # `object_list` is a page by now; before it was the filtered list, or nothing where the filter makes no sense
        return super().get_context_data(chart=charts.activity_chart(self.object_list), **kwargs)


class ActivityDetail(DetailPage):
    model = Activity

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("initiative__area__agreement__culture_region")
            .prefetch_related("municipalities", "target_groups")
        )


class ActivityCreate(CreatePage):
    model = Activity
    form_class = forms.ActivityForm
    initial_from = {"indsats": "initiative", "dato": "held_on", "sted": "place", "kommune": "municipalities"}
    next_keeps = ("initiative", "held_on", "place", "municipalities")


class ActivityUpdate(UpdatePage):
    model = Activity
    form_class = forms.ActivityForm


class TargetGroupList(ListPage):
    model = TargetGroup
    filterset_class = filters.TargetGroupFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("navn", "name"),
        ("aktiviteter", "activity_count"),
    ]

    def get_queryset(self):
        groups = super().get_queryset().annotate(activity_count=Count("activities"))
        return groups.order_by(*self.model._meta.ordering)


class TargetGroupDetail(DetailPage):
    model = TargetGroup

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            activities=self.object.activities.select_related("initiative")[:20],
            activity_count=self.object.activities.count(),
            **kwargs,
        )


class TargetGroupCreate(CreatePage):
    model = TargetGroup
    form_class = forms.TargetGroupForm


class TargetGroupUpdate(UpdatePage):
    model = TargetGroup
    form_class = forms.TargetGroupForm


class StoryList(ListPage):
    model = Story
    filterset_class = filters.StoryFilter
    paginate_by = 12
    export_columns = [
        ("aftale", "initiative.area.agreement.name"),
        ("indsatsområde", "initiative.area.name"),
        ("indsats", "initiative.title"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("titel", "title"),
        ("tekst", "text"),
        ("billedtekst", "picture_text"),
        ("offentliggjort", "published_on"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("initiative__area", "municipality")

    def get_context_data(self, **kwargs):
        return super().get_context_data(today=timezone.localdate(), **kwargs)


class StoryDetail(DetailPage):
    model = Story

    def get_queryset(self):
        return super().get_queryset().select_related("initiative__area__agreement__culture_region", "municipality")

    def get_context_data(self, **kwargs):
        return super().get_context_data(today=timezone.localdate(), **kwargs)


class StoryCreate(CreatePage):
    model = Story
    form_class = forms.StoryForm
    initial_from = {"indsats": "initiative", "kommune": "municipality"}


class StoryUpdate(UpdatePage):
    model = Story
    form_class = forms.StoryForm


class StoryPicture(RecordPage, DetailView):
    """The picture, to those who may see the story; `?side=480` no larger than a list needs it."""

    model = Story
    SIDES = ("480", "960")

    def get(self, request, *args, **kwargs):
        self.require_reader()
        picture = get_object_or_404(self.get_queryset().exclude(picture=""), pk=kwargs["pk"]).picture
        kind = pictures.content_type(picture.name)
        try:
            file = picture.open("rb")
            if (side := request.GET.get("side")) in self.SIDES:
                with file:
                    response = HttpResponse(pictures.smaller(file, int(side)), content_type=kind)
            else:
                response = FileResponse(file, content_type=kind, filename=picture.name.rpartition("/")[2])
        except (FileNotFoundError, ValidationError) as error:
            raise Http404 from error
        # the browser keeps it for the user alone; another picture of the story has another address
        response.headers["Cache-Control"] = "private, max-age=86400"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class MilestoneList(ListPage):
    """The roadmap: milestones on a line for each area, and the same as a table."""

    model = Milestone
    filterset_class = filters.MilestoneFilter
    paginate_by = 100
    export_columns = [
        ("aftale", "area.agreement.name"),
        ("indsatsområde", "area.name"),
        ("milepæl", "title"),
        ("frist", "due_on"),
        ("nået", "reached_on"),
        ("status", "state.label"),
        ("note", "note"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("area__agreement")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        shown = list(context["object_list"])
        return context | {"object_list": shown, "timeline": self.timeline(shown), "agreement": self.filterset.agreement}

    def timeline(self, shown):
        if not shown:
            return None
        days = [each.due_on for each in shown]
        if year := self.filterset.form.cleaned_data.get("aar"):
            first, last = date(int(year), 1, 1), date(int(year), 12, 31)
        else:
            agreement = self.filterset.agreement
            first, last = min([agreement.starts_on, *days]), max([agreement.ends_on, *days])
        return charts.timeline(shown, first=first, last=last, today=timezone.localdate())


class MilestoneDetail(DetailPage):
    model = Milestone

    def get_queryset(self):
        return super().get_queryset().select_related("area__agreement__culture_region")


class MilestoneCreate(CreatePage):
    model = Milestone
    form_class = forms.MilestoneForm
    initial_from = {"omraade": "area"}
    next_keeps = ("area",)


class MilestoneUpdate(UpdatePage):
    model = Milestone
    form_class = forms.MilestoneForm
