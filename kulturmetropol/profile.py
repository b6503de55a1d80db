"""A user's own settings."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from agreements import access
from kulturmetropol import languages
from kulturmetropol.accounts.models import User
from kulturmetropol.forms import form_helper


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["language", "wants_digest"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not access.may_edit(self.instance):
            del self.fields["wants_digest"]
        self.helper = form_helper()


def page(request: HttpRequest) -> HttpResponse:
    """The daily mail tells of what only editors see, so nobody else is offered it."""
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, instance=request.user)
    if form.is_valid():
        user = form.save()
        translation.activate(user.language)
        messages.success(request, _("Your settings are saved."))
        return languages.remember(redirect("profile"), user.language)
    return render(request, "profile.html", {"form": form})
