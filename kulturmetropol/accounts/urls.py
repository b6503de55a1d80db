"""Danish addresses for allauth's views, under the names that allauth calls them by; none of them is kept in a cache.

Of allauth's pages those for signing up, for more than one e-mail address and for connecting accounts are left out.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache

from . import views


def page(route: str, view, name: str) -> URLPattern:
    return path(route, never_cache(view), name=name)


urlpatterns = [
    page("log-ind/", account.login, "account_login"),
    page("log-ind/kode/", account.request_login_code, "account_request_login_code"),
    page("log-ind/kode/indtast/", account.confirm_login_code, "account_confirm_login_code"),
    page("log-ind/totrin/", mfa.authenticate, "mfa_authenticate"),
    page("log-ind/adgangsnoegle/", webauthn.login_webauthn, "mfa_login_webauthn"),
    page("log-ind/lukket/", account.account_inactive, "account_inactive"),
    page("log-ind/ingen-oprettelse/", account.signup, "account_signup"),
    page("log-ind/afbrudt/", socialaccount.login_cancelled, "socialaccount_login_cancelled"),
    page("log-ind/med/<slug:provider_id>/", views.provider_login, "openid_connect_login"),
    page("log-ind/med/<slug:provider_id>/svar/", views.provider_callback, "openid_connect_callback"),
    page("log-ud/", views.log_out, "account_logout"),
    page("glemt-adgangskode/", account.password_reset, "account_reset_password"),
    page("glemt-adgangskode/sendt/", account.password_reset_done, "account_reset_password_done"),
    page("glemt-adgangskode/skiftet/", account.password_reset_from_key_done, "account_reset_password_from_key_done"),
    re_path(
        r"^glemt-adgangskode/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    page("adgangskode/", account.password_change, "account_change_password"),
    page("adgangskode/vaelg/", account.password_set, "account_set_password"),
    page("konto/", views.account, "account"),
    page("konto/bekraeft/", account.reauthenticate, "account_reauthenticate"),
    page("konto/bekraeft/kode/", mfa.reauthenticate, "mfa_reauthenticate"),
    page("konto/bekraeft/adgangsnoegle/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    page("konto/totrin/", mfa.index, "mfa_index"),
    page("konto/totrin/app/", totp.activate_totp, "mfa_activate_totp"),
    page("konto/totrin/app/fjern/", totp.deactivate_totp, "mfa_deactivate_totp"),
    page("konto/totrin/koder/", recovery_codes.view_recovery_codes, "mfa_view_recovery_codes"),
    page("konto/totrin/koder/nye/", recovery_codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    page("konto/totrin/koder/hent/", recovery_codes.download_recovery_codes, "mfa_download_recovery_codes"),
    page("konto/adgangsnoegler/", webauthn.list_webauthn, "mfa_list_webauthn"),
    page("konto/adgangsnoegler/tilfoej/", webauthn.add_webauthn, "mfa_add_webauthn"),
    page("konto/adgangsnoegler/<int:pk>/omdoeb/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    page("konto/adgangsnoegler/<int:pk>/fjern/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    page("konto/enheder/", views.devices, "usersessions_list"),
    page("konto/enheder/<int:pk>/log-ud/", views.end_device, "device_end"),
]
