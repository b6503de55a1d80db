"""Networks and encounters, contacts and when each municipality had its last, stories for culture heads, follow-ups."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Count, F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from agreements import access
from agreements.models import Meeting, Post
from initiatives.models import Story
from kulturmetropol import spreadsheets
from kulturmetropol.forms import number
from kulturmetropol.views import RACED, CreatePage, DetailPage, ListPage, RecordPage, UpdatePage, back_or, short
from outreach import contacts
from outreach.actions import contacts as actions
from outreach.filters import contacts as filters
from outreach.forms import contacts as forms
from outreach.models import ContactNote, Encounter, FollowUp, NetworkEvent, Visit


class EventList(ListPage):
    model = NetworkEvent
    filterset_class = filters.NetworkEventFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("navn", "name"),
        ("fra", "starts_on"),
        ("til", "ends_on"),
        ("sted", "place"),
        ("hvem_tager_med", "participants.name"),
        ("samtaler", "encounter_count"),
        ("note", "note"),
    ]

    def get_queryset(self):
        events = super().get_queryset().annotate(encounter_count=Count("encounters"))
        return events.order_by(*self.model._meta.ordering).prefetch_related("participants")


class EventDetail(DetailPage):
    model = NetworkEvent

    def get_queryset(self):
        return super().get_queryset().select_related("culture_region").prefetch_related("participants")

    def get_context_data(self, **kwargs):
        encounters = self.object.encounters.select_related("municipality", "contact_note")
        return super().get_context_data(
            encounters=encounters.prefetch_related("follow_ups", "onboarding_cases"),
            may_onboard=access.may_administer(self.request.user, self.object.culture_region_id),
            **kwargs,
        )


class EventCreate(CreatePage):
    model = NetworkEvent
    form_class = forms.NetworkEventForm


class EventUpdate(UpdatePage):
    model = NetworkEvent
    form_class = forms.NetworkEventForm


class EncounterCreate(CreatePage):
    model = Encounter
    form_class = forms.EncounterForm
    initial_from = {"begivenhed": "event", "kommune": "municipality"}
    next_keeps = ("event",)


class EncounterUpdate(UpdatePage):
    model = Encounter
    form_class = forms.EncounterForm


class EncounterStep(RecordPage, View):
    """Turns an encounter into something else with one press of a button; a second press does nothing and says so."""

    model = Encounter

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require_reader()
        encounter = get_object_or_404(
            self.get_queryset().select_related("event__culture_region", "municipality"), pk=pk
        )
        self.require_editor(encounter)
        try:
            made = self.make(encounter)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except IntegrityError:
            messages.error(request, RACED)
        else:
            if made:
                messages.success(request, self.done() % {"record": short(made)})
            else:
                messages.warning(request, _("Somebody has done this already. Nothing is done twice."))
        return redirect(encounter)

    def make(self, encounter: Encounter) -> Any:
        raise NotImplementedError

    def done(self) -> str:
        raise NotImplementedError


class EncounterContact(EncounterStep):
    def make(self, encounter):
        return actions.make_contact_note(encounter=encounter, user=self.request.user)

    def done(self):
        return _("The contact “%(record)s” is logged.")


class EncounterFollowUp(EncounterStep):
    def make(self, encounter):
        return actions.make_follow_up(encounter=encounter, user=self.request.user)

    def done(self):
        return _("The follow-up “%(record)s” is made. You can change its text, date and who does it.")


class EncounterOnboarding(EncounterStep):
    def require_editor(self, record):
        if not access.may_administer(self.request.user, record.region.pk):
            raise PermissionDenied

    def make(self, encounter):
        return actions.make_onboarding_case(encounter=encounter, user=self.request.user)

    def done(self):
        return _("The onboarding of “%(record)s” has begun.")


# --- contacts ---------------------------------------------------------------------------------------------------------


class ContactList(ListPage):
    model = ContactNote
    filterset_class = filters.ContactNoteFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("dato", "contacted_on"),
        ("hvordan", "get_kind_display"),
        ("med", "person.name"),
        ("om", "text"),
        ("indtastet_af", "entered_by.name"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("municipality", "person")


class ContactDetail(DetailPage):
    model = ContactNote

    def get_queryset(self):
        related = ("culture_region", "municipality", "person", "story", "encounter__event", "entered_by")
        return super().get_queryset().select_related(*related, "encounter__municipality")

    def get_context_data(self, **kwargs):
        return super().get_context_data(follow_ups=self.object.follow_ups.select_related("owner"), **kwargs)


class ContactCreate(CreatePage):
    model = ContactNote
    form_class = forms.ContactNoteCreateForm
    initial_from = {"kommune": "municipality", "person": "person", "dato": "contacted_on", "hvordan": "kind"}
    next_keeps = ("municipality",)

    def get_initial(self) -> dict[str, Any]:
        """A person who has a post today is asked for in the municipality of the post."""
        initial = super().get_initial()
        if "person" in initial and "municipality" not in initial:
            posts = Post.objects.editable_by(self.request.user).current(timezone.localdate())
            of_person = posts.filter(person=initial["person"]).values_list("municipality", "body__municipality")
            initial["municipality"] = next((place or of_body for place, of_body in of_person if place or of_body), None)
        return initial

    def form_valid(self, form):
        self.object = actions.log_contact(note=form.save(commit=False), user=self.request.user, to_do=form.to_do)
        return self.saved()


class ContactUpdate(UpdatePage):
    model = ContactNote
    form_class = forms.ContactNoteForm


class EditorPage:
    """A page about several records that is the secretariat's alone."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        if not access.may_edit(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ContactOverview(EditorPage, TemplateView):
    """When each municipality was in touch last."""

    template_name = "outreach/contact_overview.html"
    EXPORT_COLUMNS = [
        ("kulturregion", "region.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("medlem", "is_member"),
        ("seneste_kontakt", "last.contacted_on"),
        ("hvordan", "last.get_kind_display"),
        ("dage_siden", "days"),
        ("over_90_dage", "is_silent"),
        ("naeste_opfoelgning", "next.text"),
        ("frist", "next.due_on"),
    ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any):
        lines = contacts.overview(request.user, timezone.localdate())
        if "format" in request.GET:
            return self.export(lines, request.GET["format"])
        return self.render_to_response(self.get_context_data(lines=lines, model_name=ContactNote._meta.model_name))

    def export(self, lines, format: str):
        if format not in spreadsheets.FORMATS:
            raise Http404
        header = [*(name for name, _path in self.EXPORT_COLUMNS), "kulturchefer"]
        rows = (
            [
                *(spreadsheets.value_at(line, path) for _name, path in self.EXPORT_COLUMNS),
                [head.name for head in line.heads],
            ]
            for line in lines
        )
        spreadsheets.exported.send(
            type(self), request=self.request, name=_("Latest contact"), records=lines, columns=(), is_personal=True
        )
        return spreadsheets.FORMATS[format](spreadsheets.file_name(_("Latest contact")), header, rows)


# --- stories for culture heads ----------------------------------------------------------------------------------------


class UnsentStories(EditorPage, ListPage):
    model = Story
    filterset_class = filters.UnsentStoryFilter
    export_columns = [
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("titel", "title"),
        ("indsats", "initiative.title"),
        ("offentliggjort", "published_on"),
    ]

    def get_template_names(self):
        return ["outreach/story_unsent.html"]

    def get_queryset(self):
        stories = contacts.unsent_stories(self.request.user, timezone.localdate())
        return stories.select_related("municipality", "initiative__area")

    def get_context_data(self, **kwargs):
        return super().get_context_data(long_ago=timezone.localdate() - contacts.LONGEST_WAIT, **kwargs)


class StorySend(RecordPage, TemplateView):
    """Proposes the mail that tells a culture head of a story, and sends it once somebody has read it."""

    model = Story

    def get_template_names(self):
        return ["outreach/story_send.html"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        self.require_reader()
        stories = self.get_queryset().select_related(
            "initiative__area__agreement__culture_region", "initiative__manager", "municipality"
        )
        self.object = get_object_or_404(stories, pk=kwargs["pk"])
        self.require_editor(self.object)
        self.today = timezone.localdate()
        if not self.object.published_on or self.object.published_on > self.today:
            messages.error(request, _("The story is not published yet: the culture head could not read it here."))
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def form(self, data=None) -> forms.StoryMailForm:
        heads = contacts.recipients(self.object, self.today)
        proposed = contacts.proposed_mail(self.object, self.request.user)
        sent = contacts.sendings(self.object, heads)
        initial = proposed | {"people": [each for each in heads if each.pk not in sent], "sending": uuid4()}
        return forms.StoryMailForm(data, heads=heads, sent=sent, initial=initial)

    def get_context_data(self, **kwargs):
        context = {"form": self.form(), **kwargs}
        sent = ContactNote.objects.filter(story=self.object, kind=ContactNote.Kind.STORY).select_related("person")
        return super().get_context_data(
            object=self.object, heads=context["form"].fields["people"].queryset, sent=sent, **context
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        typed = form.cleaned_data
        sent = actions.send_story(
            story=self.object,
            people=typed["people"],
            subject=typed["subject"],
            text=typed["text"],
            user=request.user,
            again=str(typed["sending"]) if typed.get("again") else "",
        )
        if sent:
            names = {"names": ", ".join(map(str, sent))}
            messages.success(request, _("The story is on its way to %(names)s, and the contact is logged.") % names)
        else:
            messages.warning(request, _("The story has been sent already. Nothing is sent twice."))
        return redirect(self.object)


# --- follow-ups -------------------------------------------------------------------------------------------------------


NAMES_OF_ORIGINS = ("visit__host", "contact__municipality", "meeting__body__municipality", "encounter__municipality")


class FollowUpList(ListPage):
    """The open ones first, by the day they are due."""

    model = FollowUp
    filterset_class = filters.FollowUpFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("hvad", "text"),
        ("frist", "due_on"),
        ("status", "state.label"),
        ("udført", "done_on"),
        ("ansvarlig", "owner.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("kommer_af", "origin"),
    ]

    def get_queryset(self):
        follow_ups = super().get_queryset().select_related("municipality", "owner", *NAMES_OF_ORIGINS)
        return follow_ups.order_by(F("done_on").desc(nulls_first=True), "due_on")


class FollowUpDetail(DetailPage):
    model = FollowUp

    def get_queryset(self):
        related = ("culture_region", "municipality", "owner", "encounter__event", *NAMES_OF_ORIGINS)
        return super().get_queryset().select_related(*related)


class FollowUpCreate(CreatePage):
    model = FollowUp
    form_class = forms.FollowUpForm
    origin = None
    initial_from = {
        "kommune": "municipality",
        "besoeg": "visit",
        "kontakt": "contact",
        "moede": "meeting",
        "samtale": "encounter",
    }

    def get_initial(self) -> dict[str, Any]:
        """In the culture region and the municipality of what it comes from."""
        initial = super().get_initial()
        user = self.request.user
        for name, origins, place in (
            ("visit", Visit.objects.select_related("host"), "host"),
            ("contact", ContactNote.objects.select_related("municipality"), "municipality"),
            ("meeting", Meeting.objects, "body.municipality"),
            ("encounter", Encounter.objects.select_related("event", "municipality"), "municipality"),
        ):
            if name not in initial:
                continue
            if origin := origins.editable_by(user).filter(pk=initial[name]).first():
                initial["culture_region"] = origin.region.pk
                if "municipality" not in initial:
                    initial["municipality"] = spreadsheets.value_at(origin, place)
                self.origin = origin
            else:
                del initial[name]
        return initial

    def get_success_url(self) -> str:
        """Back to where it was made."""
        return (self.object.origin or self.object).get_absolute_url()


class FollowUpUpdate(UpdatePage):
    model = FollowUp
    form_class = forms.FollowUpForm


class FollowUpDone(RecordPage, View):
    """Marks a follow-up as done, or opens it again, with one press of a button on a list or a page."""

    model = FollowUp
    done = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require_reader()
        follow_up = get_object_or_404(self.get_queryset(), pk=pk)
        self.require_editor(follow_up)
        version = number(request.POST.get("version", ""))
        what = {"record": short(follow_up)}
        if actions.mark_done(follow_up=follow_up, version=version, done=self.done):
            done = _("“%(record)s” is done.") if self.done else _("“%(record)s” is open again.")
            messages.success(request, done % what)
        else:
            messages.warning(
                request, _("Somebody else has changed “%(record)s” in the meantime. Look at it, then decide.") % what
            )
        return back_or(follow_up.get_absolute_url(), request)
