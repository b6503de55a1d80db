from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper
from outreach.floods import PublicForm
from outreach.forms.contacts import RegionForm
from outreach.models import SocialLink


class SocialLinkForm(RegionForm):
    groups = [(_("Channel"), ["culture_region", "channel", "url"])]

    class Meta:
        model = SocialLink
        fields = ["culture_region", "channel", "url"]
        help_texts = {"url": _("For example https://www.facebook.com/kulturmetropolen.")}


class SignupForm(PublicForm):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper()
