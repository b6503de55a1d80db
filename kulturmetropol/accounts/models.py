"""A person who may log in. The e-mail address is the user name; roles stand in the apps that know what they are for."""

import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TAKEN = _("There is already a user with this e-mail address.")


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def language_of(self, email: str) -> str:
        """In which language to write to an address: its user's, and Danish to people without one."""
        found = self.filter(email__iexact=email).values_list("language", flat=True).first()
        return found or settings.LANGUAGE_CODE


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), max_length=254, unique=True, error_messages={"unique": TAKEN})
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(_("active"), default=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    wants_digest = models.BooleanField(
        _("daily mail"),
        default=False,
        help_text=_("Each morning a mail with what needs me, on days when something does."),
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("Of the pages, and of the mails to you."),
    )
    date_joined = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=TAKEN,
            )
        ]

    def __str__(self):
        return self.name or self.email

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Keeps allauth's row of the address, by which it finds who logs in: the user's one address, never in doubt."""
        super().save(*args, **kwargs)
        if kwargs.get("update_fields") is None or "email" in kwargs["update_fields"]:
            address = {"email": self.email.lower(), "verified": True, "primary": True}
            self.emailaddress_set.update_or_create(defaults=address)


class CalendarSecret(models.Model):
    """What the address of a user's calendar is made of.

    The address is the key and our signature on it. So nobody guesses one, comparing takes as long for a wrong one as
    for a right one, and who has read the database has no address yet.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_secret", verbose_name=_("user")
    )
    key = models.CharField(_("key"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("calendar secret")
        verbose_name_plural = _("calendar secrets")

    def __str__(self):
        return str(self.user)

    @staticmethod
    def new_key() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def _signer() -> Signer:
        return Signer(sep=".", salt="kulturmetropol.calendar")

    @property
    def address(self) -> str:
        return self._signer().sign(self.key)

    @classmethod
    def key_of(cls, address: str) -> str | None:
        try:
            return cls._signer().unsign(address)
        except BadSignature:
            return None
