"""What a user has chosen to work with."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .agreement import Agreement
from .region import CultureRegion


class ChosenAgreement(models.Model):
    """The agreement that the lists of one user are about; without one, the region that has none yet."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, verbose_name=_("user"))
    culture_region = models.ForeignKey(CultureRegion, on_delete=models.CASCADE, verbose_name=_("culture region"))
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("agreement")
    )

    class Meta:
        verbose_name = _("chosen agreement")
        verbose_name_plural = _("chosen agreements")

    def __str__(self):
        return self.key

    @property
    def key(self) -> str:
        """As `choosing.Choice` has it."""
        return f"{self.culture_region_id}-{self.agreement_id or ''}"
