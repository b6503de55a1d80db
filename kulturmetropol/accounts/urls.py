from django.contrib.auth import views
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from .forms import LoginForm


class PasswordChange(SuccessMessageMixin, views.PasswordChangeView):
    success_url = reverse_lazy("start")
    success_message = _("Your password is changed.")


urlpatterns = [
    path(
        "log-ind/",
        views.LoginView.as_view(authentication_form=LoginForm, redirect_authenticated_user=True),
        name="login",
    ),
    path("log-ud/", views.LogoutView.as_view(), name="logout"),
    path("adgangskode/", PasswordChange.as_view(), name="password_change"),
]
