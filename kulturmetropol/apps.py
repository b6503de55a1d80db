from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "kulturmetropol"
    verbose_name = _("The portal")

    def ready(self):
        from . import recording  # models can be imported when all apps are there

        recording.connect()
