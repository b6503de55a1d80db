from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "outreach"
    verbose_name = _("Outreach")

    def ready(self):
        from .rollback import refuse_to_lose_memos

        pre_migrate.connect(refuse_to_lose_memos, sender=self)
