"""What is written into the audit log when others tell of it by a signal: logins, second factors, exports, posts."""

from collections import Counter
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from simple_history.signals import post_create_historical_record

from agreements import audit
from agreements.audit import Kind
from agreements.models import CultureRegion, Post
from kulturmetropol import spreadsheets
from kulturmetropol.accounts.models import User
from kulturmetropol.accounts.sessions import ended_elsewhere
from kulturmetropol.privacy import register

METHODS = {
    "password": _("password"),
    "code": _("code by mail"),
    "mfa": _("second factor"),
    "socialaccount": _("the municipality's login"),
    "password_reset": _("new password by mail"),
    "invitation": _("invitation by mail"),
}
FACTORS = {
    Authenticator.Type.TOTP: _("app"),
    Authenticator.Type.WEBAUTHN: _("passkey"),
    Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
}


def connect() -> None:
    for signal, write in {
        auth.user_logged_in: logged_in,
        auth.user_login_failed: login_failed,
        auth.user_logged_out: logged_out,
        account.login_code_rejected: code_rejected,
        account.password_changed: password_changed,
        account.password_set: password_changed,
        account.password_reset: password_reset,
        mfa.authentication_failed: second_factor_failed,
        mfa.authenticator_added: second_factor_added,
        mfa.authenticator_removed: second_factor_removed,
        mfa.authenticator_reset: second_factor_renewed,
        ended_elsewhere: session_ended,
        spreadsheets.exported: list_exported,
        post_create_historical_record: post_saved,
    }.items():
        signal.connect(write, dispatch_uid=f"kulturmetropol.recording.{write.__name__}")


# --- coming and going -------------------------------------------------------------------------------------------------


def logged_in(sender: Any, request: Any, user: User, **more: Any) -> None:
    methods = [record["method"] for record in get_authentication_records(request, user)]

    def about() -> str:
        return ", ".join(str(METHODS.get(method, method)) for method in dict.fromkeys(methods))

    audit.record(Kind.LOGIN, by=user, subject=user, about=about, details={"methods": methods})


def login_failed(sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
    """Of an address that is no user's nothing readable is kept: people type their password there.

    Its keyed hash shows whether it was the same address again.
    """
    typed = str(credentials.get("email") or "").strip().lower()
    user = User.objects.filter(email__iexact=typed).first() if typed else None
    details = {} if user or not typed else {"address": _hash(typed)}
    about = _("password") if user else _("no user has this address")
    audit.record(Kind.LOGIN_FAILED, by=None, subject=user, about=about, details=details)


def _hash(text: str) -> str:
    return salted_hmac("kulturmetropol.recording", text, algorithm="sha256").hexdigest()[:12]


def code_rejected(sender: Any, user: User | None, **more: Any) -> None:
    audit.record(Kind.LOGIN_FAILED, by=None, subject=user, about=METHODS["code"])


def second_factor_failed(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    audit.record(Kind.LOGIN_FAILED, by=None, subject=user, about=FACTORS[Authenticator.Type(authenticator.type)])


def logged_out(sender: Any, user: User | None, **more: Any) -> None:
    if user is not None:
        audit.record(Kind.LOGOUT, by=user, subject=user)


def session_ended(sender: Any, request: Any, count: int, **more: Any) -> None:
    audit.record(Kind.SESSION_ENDED, by=request.user, subject=request.user, details={"count": count})


# --- what one logs in with --------------------------------------------------------------------------------------------


def password_changed(sender: Any, user: User, **more: Any) -> None:
    audit.record(Kind.PASSWORD_CHANGED, by=user, subject=user)


def password_reset(sender: Any, user: User, **more: Any) -> None:
    audit.record(Kind.PASSWORD_CHANGED, by=user, subject=user, about=_("by a link by mail"))


def second_factor_added(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    _factor(Kind.SECOND_FACTOR_ADDED, user, authenticator)


def second_factor_removed(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    _factor(Kind.SECOND_FACTOR_REMOVED, user, authenticator)


def second_factor_renewed(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    _factor(Kind.RECOVERY_CODES_MADE, user, authenticator)


def _factor(kind: Kind, user: User, authenticator: Authenticator) -> None:
    type = Authenticator.Type(authenticator.type)
    if kind == Kind.SECOND_FACTOR_ADDED and type == Authenticator.Type.RECOVERY_CODES:
        kind = Kind.RECOVERY_CODES_MADE
    audit.record(kind, by=user, subject=user, about=FACTORS[type])


# --- what goes out ----------------------------------------------------------------------------------------------------


@transaction.atomic
def list_exported(
    sender: Any, request: Any, name: Any, records: Any, columns: Any, is_personal: bool | None, **more: Any
) -> None:
    """One event for each culture region whose records are in the file; one of no region where there are none."""
    if is_personal is None:
        is_personal = any(register.is_personal_path(records.model, path) for _name, path in columns)
    kind = Kind.PERSONAL_LIST_EXPORTED if is_personal else Kind.LIST_EXPORTED
    for region, rows in (_by_region(records) or {None: 0}).items():
        details = {"rows": rows, "columns": [column for column, _path in columns], "format": request.GET["format"]}
        audit.record(kind, by=request.user, region=region, about=name, details=details)


def _by_region(records: Any) -> dict[CultureRegion | None, int]:
    if isinstance(records, models.QuerySet):
        if not (path := getattr(records.model, "REGION", None)):
            return {None: records.count()}
        keys = Counter(dict(records.order_by().values_list(path).annotate(rows=models.Count("pk", distinct=True))))
    else:
        keys = Counter(each.region.pk for each in records)
    regions = CultureRegion.objects.in_bulk([key for key in keys if key])
    return {regions.get(key): rows for key, rows in keys.items()}


# --- posts ------------------------------------------------------------------------------------------------------------


def post_saved(
    sender: Any, instance: Any, history_instance: Any, history_user: User | None = None, **more: Any
) -> None:
    """What a person does to a post: it gives rights, and takes them. The loader's posts are nobody's doing."""
    if not isinstance(instance, Post) or history_user is None:
        return
    audit.record(
        _kind_of_change(history_instance),
        by=history_user,
        subject=instance.person.user,
        region=instance.region,
        about=lambda: f"{instance.get_kind_display()}, {instance.place}",
        details={"person": instance.person_id, "post": instance.pk, "from": instance.starts_on, "to": instance.ends_on},
    )


def _kind_of_change(row: Any) -> Kind:
    if row.history_type == "+":
        return Kind.POST_GIVEN
    if row.history_type == "-":
        return Kind.POST_DELETED
    before = row.prev_record
    return Kind.POST_ENDED if row.ends_on and before and before.ends_on != row.ends_on else Kind.POST_CHANGED
