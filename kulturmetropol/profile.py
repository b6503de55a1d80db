"""A user's own settings."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agreements import access
from kulturmetropol.accounts.models import User
from kulturmetropol.forms import form_helper


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["wants_digest"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper()


def page(request: HttpRequest) -> HttpResponse:
    """The daily mail tells of what only editors see, so nobody else is offered it."""
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, instance=request.user) if access.may_edit(request.user) else None
    if form and form.is_valid():
        form.save()
        messages.success(request, _("Your settings are saved."))
        return redirect("profile")
    return render(request, "profile.html", {"form": form})
