"""The pages on personal data: what is stored, for everybody; and of one person, for admins to hand out and to erase."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agreements import access, audit
from agreements.audit import Kind
from agreements.models import Person, PortalUser
from kulturmetropol.accounts.models import User
from kulturmetropol.forms import form_helper
from kulturmetropol.privacy import erasing, handing_out, register
from kulturmetropol.privacy.subjects import Subject

PERSON, USER = "person", "bruger"


class EraseForm(forms.Form):
    error_title = gettext_lazy("Nothing is erased yet")
    confirmed = forms.BooleanField(
        label=gettext_lazy("I have read this, and want to erase it"),
        error_messages={"required": gettext_lazy("Tick the box to show that you have read it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper()


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    context = {
        "stores": register.STORES,
        "contact": settings.PRIVACY_CONTACT,
        "is_wide": True,
        "layout": "base.html" if request.user.is_authenticated else "outside.html",
    }
    return render(request, "privacy/page.html", context)


@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """All that is stored on the user, but for what others have written in free text: it may be about them as well."""
    return _handed_out(Subject.of_user(request.user), by=request.user, with_texts=False)


@transaction.atomic
def _handed_out(subject: Subject, *, by: User, with_texts: bool) -> HttpResponse:
    name, content = handing_out.archive(subject, with_texts=with_texts)
    about = gettext_lazy("one's own data") if subject.user == by else str(subject)
    details = {"person": subject.person.pk} if subject.person else {}
    audit.record(Kind.PERSON_EXPORTED, by=by, subject=subject.user, region=subject.region, about=about, details=details)
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


# --- of one person, for admins ----------------------------------------------------------------------------------------


def find(request: HttpRequest, kind: str, pk: int) -> tuple[Subject, Any]:
    """The subject, and the record whose page leads here. What the user may not see is 404, what is for admins 403."""
    regions = access.roles(request.user).administered
    if kind == USER:
        user = get_object_or_404(PortalUser.objects.visible_to(request.user), pk=pk)
        return Subject.of_user(User.objects.get(pk=user.pk), regions), user
    if kind != PERSON:
        raise Http404
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("user", "culture_region"), pk=pk)
    if not access.may_administer(request.user, person.culture_region_id):
        raise PermissionDenied
    return Subject.of_person(person, regions), person


@require_safe
def subject_page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    subject, record = find(request, kind, pk)
    return render(request, "privacy/subject.html", _context(request, kind, subject, record))


def _context(request: HttpRequest, kind: str, subject: Subject, record: Any, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "subject": subject,
        "record": record,
        "model_name": record._meta.model_name,
        "list_url": reverse(f"{record._meta.model_name}_list"),
        "list_name": record._meta.verbose_name_plural,
        "refusal": _refusal(request, subject),
        **more,
    }


def _refusal(request: HttpRequest, subject: Subject) -> str:
    return erasing.refusal(subject, request.user)


@require_POST
def subject_export(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    subject, _record = find(request, kind, pk)
    if subject.user != request.user and _refusal(request, subject):
        raise PermissionDenied
    return _handed_out(subject, by=request.user, with_texts=True)


def subject_erase(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Shows what would be erased and what stays, and erases once somebody has said that they have read it."""
    subject, record = find(request, kind, pk)
    if _refusal(request, subject):
        raise PermissionDenied
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            name = erasing.erase(subject=subject, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("The data are erased. “%(name)s” stands in place of the name.") % {"name": name}
            )
            return redirect("portaluser_list") if kind == USER else redirect(record)
    plan = erasing.plan(subject)
    context = _context(request, kind, subject, record, form=form, plan=plan, mentions=_mentions(plan))
    return render(request, "privacy/erase.html", context)


def _mentions(plan: erasing.Plan) -> list[dict[str, Any]]:
    """The texts to edit by hand: where each stands, and of what kind."""
    return [
        {
            "record": record,
            "url": _url(record),
            "kind": record._meta.verbose_name,
            "fields": ", ".join(str(field.verbose_name) for field in fields),
        }
        for record, fields in plan.mentions
    ]


def _url(record: Any) -> str:
    try:
        return record.get_absolute_url()
    except (AttributeError, NoReverseMatch):
        return ""
