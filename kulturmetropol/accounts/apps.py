from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "kulturmetropol.accounts"
    verbose_name = _("Accounts")

    def ready(self):
        # allauth's models can be imported when all apps are there
        from allauth.account.signals import password_changed, password_reset, password_set

        from .lifetime import note_login
        from .sessions import end_others

        for signal in (password_changed, password_set, password_reset):
            signal.connect(end_others)
        user_logged_in.connect(note_login)
