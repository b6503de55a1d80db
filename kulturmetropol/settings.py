"""The portal's settings: one file, driven by the environment, safe by default.

    SITE_URL       the portal's own address. https:// (the default) turns on every transport safeguard;
                   http:// is for one's own machine only
    SECRET_KEY     required; no default
    SECRET_KEY_FALLBACKS  former keys, comma-separated, while what they signed and closed is still in use
    DATABASE_URL   postgres://user:password@host:5432/name; empty: SQLite in var/kulturmetropol.sqlite3
    FILES_ROOT     the folder of what people upload; empty: var/files
    ALLOWED_HOSTS  comma-separated; empty: the host of SITE_URL
    DEBUG          1 on a developer's machine
    MAIL_URL       smtp://, smtp+tls:// (STARTTLS) or smtps:// user:password@host:port; empty: mail waits in the portal,
                   on one's own machine it is written to var/mail
    MAIL_FROM      the portal's own e-mail address
    TRUST_PROXY_HEADERS  1 where a proxy in front sets X-Forwarded-Proto and adds to X-Forwarded-For
    LOG_FORMAT     json or plain: how the log is written to standard error; empty: json, and plain with DEBUG
    CACHE_URL      redis://host:6379/0 (needs the package redis); empty: a table of the database
    SECOND_FACTOR  1 or 0: must those who edit log in with an app's code or a passkey too; empty: yes on https://
    OIDC_PROVIDERS municipalities whose own login is taken, as JSON:
                   [{"id": "roedovre", "name": "Rødovre Kommune", "server_url": "https://login.example/realm",
                     "client_id": "kulturmetropol", "domains": ["rk.dk"]}]
                   "issuer" where it is not the server_url; "hosts": other hosts that its metadata may name
    RETENTION_DAYS    how long data on persons are kept, where it is not as below, as JSON: {"audit": 365}
    RETENTION_NIGHTLY 1: the nightly run deletes all that has served its time; else `retention --delete` does
    PRIVACY_CONTACT   the e-mail address of whom to ask about personal data; empty: the page names the secretariat
    ACCESSIBILITY_STATEMENT_URL  the accessibility statement, https://was.digst.dk/...: /was and the foot of every page
                      lead to it; empty: the foot leaves it out
    OIDC_SECRET_<ID>  the secret of each, as OIDC_SECRET_ROEDOVRE

Each secret may stand in a file instead (containers, systemd credentials): SECRET_KEY_FILE, DATABASE_URL_FILE,
MAIL_URL_FILE, CACHE_URL_FILE, SECRET_KEY_FALLBACKS_FILE, OIDC_SECRET_<ID>_FILE name it; an empty file sets nothing.

A file `.env` at the top of the checkout is read first; what the environment says wins.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


env_file = os.environ.get("KULTURMETROPOL_ENV_FILE", str(BASE_DIR / ".env"))
if env_file and Path(env_file).is_file():
    read_env_file(Path(env_file))


SECRETS = re.compile(r"(SECRET_KEY|SECRET_KEY_FALLBACKS|DATABASE_URL|MAIL_URL|CACHE_URL|OIDC_SECRET_\w+)_FILE")


def read_secret_files() -> None:
    for variable, file in list(os.environ.items()):
        if file and (name := SECRETS.fullmatch(variable)):
            try:
                value = Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(f"{variable} names a file that cannot be read.") from error
            os.environ.setdefault(name[1], value)


read_secret_files()


def required(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise ImproperlyConfigured(f"Set the environment variable {name}.")


# --- who we are -------------------------------------------------------------------------------------------------------

DEBUG = os.environ.get("DEBUG", "") in {"1", "true", "yes"}
STYLE_PAGE = DEBUG  # whether the page of all components is there
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = [key.strip() for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()]
SITE_URL = os.environ.get("SITE_URL", "https://localhost").rstrip("/")
site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
ALLOWED_HOSTS = ALLOWED_HOSTS or [site.hostname or ""]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "kulturmetropol.urls"
WSGI_APPLICATION = "kulturmetropol.wsgi.application"

INSTALLED_APPS = [
    "kulturmetropol",
    "kulturmetropol.accounts",
    "agreements",
    "initiatives",
    "outreach",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "kulturmetropol.staticfiles.PortalStaticFiles",
    "django.forms",
    "django.contrib.humanize",  # allauth's pages about passkeys need it
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "simple_history",
    "lucide",
    "django_tasks_db",
]

MIDDLEWARE = [
    "kulturmetropol.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kulturmetropol.headers.PageCompression",
    "kulturmetropol.headers.HeadersMiddleware",
    "kulturmetropol.languages.LanguageMiddleware",
    "kulturmetropol.database.DatabaseDownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kulturmetropol.accounts.lifetime.AuthenticationMiddleware",
    "kulturmetropol.accounts.expiry.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kulturmetropol.accounts.second_factor.SecondFactorMiddleware",
    "kulturmetropol.brakes.BrakeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kulturmetropol.navigation.navigation",
            ],
            "builtins": ["kulturmetropol.templatetags.portal", "lucide.templatetags.lucide"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FILTERS_EMPTY_CHOICE_LABEL = _("All")

# --- data -------------------------------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # writers queue at the start of a transaction instead of failing in the middle of it
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}

if os.environ.get("DATABASE_URL"):
    DATABASES = {
        "default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=300, conn_health_checks=True)
    }
else:
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "var" / "kulturmetropol.sqlite3"},
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# what all processes share: how often somebody has tried to log in
if os.environ.get("CACHE_URL"):
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["CACHE_URL"]}
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            # past these a third is deleted, so that a flood would lift the brakes on logins
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

# what is done in the background waits in the database; `manage.py worker` does it
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- mail -------------------------------------------------------------------------------------------------------------


def mailers(url: str) -> dict:
    """Django's MAILERS from one address. None at all: the portal keeps its mail and says so."""
    parts = urlsplit(url)
    if not url:
        if site.scheme == "https":
            return {}
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": {"file_path": str(BASE_DIR / "var" / "mail")}}}
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    try:
        port = parts.port or ports[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname:
        raise ImproperlyConfigured("MAIL_URL is not smtp://, smtp+tls:// or smtps:// with a host.")
    return {
        "default": {
            "BACKEND": "kulturmetropol.smtp.EmailBackend",
            "OPTIONS": {
                "host": parts.hostname,
                "port": port,
                "username": unquote(parts.username or ""),
                "password": unquote(parts.password or ""),
                "use_tls": parts.scheme == "smtp+tls",
                "use_ssl": parts.scheme == "smtps",
                "timeout": 10,
            },
        }
    }


MAILERS = mailers(os.environ.get("MAIL_URL", ""))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("MAIL_FROM", f"portal@{site.hostname}")

# --- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
CSRF_FAILURE_VIEW = "kulturmetropol.accounts.expiry.csrf_failure"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "kulturmetropol.accounts.passwords.CommonPasswordValidator"},
    {"NAME": "agreements.passwords.LocalWordsValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

ACCOUNT_ADAPTER = "kulturmetropol.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # allauth wants to know; nobody can sign up
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin has given the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = site.scheme
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/5m/key",
    "reset_password": "20/m/ip,3/5m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "10/m/user",
    "invitation": "20/m/ip",
}
INVITATION_DAYS = 14  # how long an invitation to the portal can be accepted
ACCOUNT_FORMS = {
    "login": "kulturmetropol.accounts.forms.LoginForm",
    "request_login_code": "kulturmetropol.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "kulturmetropol.accounts.forms.ConfirmLoginCodeForm",
    "reauthenticate": "kulturmetropol.accounts.forms.ReauthenticateForm",
    "change_password": "kulturmetropol.accounts.forms.ChangePasswordForm",
    "set_password": "kulturmetropol.accounts.forms.SetPasswordForm",
    "reset_password": "kulturmetropol.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "kulturmetropol.accounts.forms.ResetPasswordKeyForm",
}

MFA_ADAPTER = "kulturmetropol.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = site.scheme != "https"
MFA_TOTP_ISSUER = "Kulturmetropol"
MFA_FORMS = {
    "authenticate": "kulturmetropol.accounts.forms.AuthenticateForm",
    "authenticate_webauthn": "kulturmetropol.accounts.forms.AuthenticatePasskeyForm",
    "reauthenticate": "kulturmetropol.accounts.forms.ReauthenticateByCodeForm",
    "reauthenticate_webauthn": "kulturmetropol.accounts.forms.ReauthenticateByPasskeyForm",
    "login_webauthn": "kulturmetropol.accounts.forms.LoginByPasskeyForm",
    "activate_totp": "kulturmetropol.accounts.forms.ActivateAppForm",
    "deactivate_totp": "kulturmetropol.accounts.forms.DeactivateAppForm",
    "add_webauthn": "kulturmetropol.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "kulturmetropol.accounts.forms.EditPasskeyForm",
    "generate_recovery_codes": "kulturmetropol.accounts.forms.RecoveryCodesForm",
}
SECOND_FACTOR_REQUIRED = (os.environ.get("SECOND_FACTOR") or ("1" if site.scheme == "https" else "0")) == "1"
SECOND_FACTOR_ASKED_OF = "agreements.access.may_edit"  # accounts imports no app


def oidc_app(given: dict) -> dict:
    """One provider of OIDC_PROVIDERS as allauth wants it. Raises `ImproperlyConfigured` for what is missing."""
    if missing := {"id", "name", "server_url", "client_id", "domains"} - {name for name in given if given[name]}:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {given.get('id', '?')} has no {', '.join(sorted(missing))}.")
    if urlsplit(given["server_url"]).scheme != "https" and site.scheme == "https":
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: the server_url of {given['id']} is not https://.")
    return {
        "provider_id": given["id"],
        "name": given["name"],
        "client_id": given["client_id"],
        "secret": required(f"OIDC_SECRET_{given['id'].upper().replace('-', '_')}"),
        "settings": {
            "server_url": given["server_url"],
            "domains": [domain.lower() for domain in given["domains"]],
            "issuer": given.get("issuer", ""),
            "hosts": given.get("hosts", []),
            "oauth_pkce_enabled": True,
        },
    }


try:
    OIDC_APPS = [oidc_app(given) for given in json.loads(os.environ.get("OIDC_PROVIDERS") or "[]")]
except (ValueError, TypeError, AttributeError) as error:
    raise ImproperlyConfigured("OIDC_PROVIDERS is not a list of objects as JSON.") from error
SOCIALACCOUNT_ADAPTER = "kulturmetropol.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "kulturmetropol.accounts.openid.MunicipalityProvider", "APPS": OIDC_APPS}
}
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form could not lead to another site; the view takes a click on our own page alone

# --- language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "da"
# each in its own words: who looks for a language may not read the one that is shown
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "kulturmetropol" / "locale"]
FORMAT_MODULE_PATH = ["kulturmetropol.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Europe/Copenhagen"

# --- files ------------------------------------------------------------------------------------------------------------

# what people upload; served by views alone, never as it is
MEDIA_ROOT = Path(os.environ.get("FILES_ROOT") or BASE_DIR / "var" / "files")
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "kulturmetropol.staticfiles.PortalStorage"
    },
}

# --- safety -----------------------------------------------------------------------------------------------------------

HTTPS = site.scheme == "https"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^healthz$", r"^readyz$",  # asked on the machine itself, past the proxy
    r"^kalender/[^/]+\.ics$",  # read by programs, which would follow without a word
]  # fmt: skip
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_PAUSE_EDITING = 60 * 60 * 12
SESSION_PAUSE_READING = 60 * 60 * 24 * 3
SESSION_LONGEST_AT_PROVIDER = 60 * 60 * 12
SESSION_OF_NOBODY = 60 * 60
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
TRUST_PROXY_HEADERS = os.environ.get("TRUST_PROXY_HEADERS") == "1"
ALLAUTH_TRUSTED_PROXY_COUNT = 0
if TRUST_PROXY_HEADERS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# --- how long data on persons are kept --------------------------------------------------------------------------------

RETENTION_DAYS = {
    "audit": 2 * 365,
    "outgoing_mail": 365,
    "unconfirmed_subscriptions": 30,
    "ended_subscriptions": 2 * 365,
    "ended_posts": 10 * 365,
    "lost_contacts": 3 * 365,
    "deleted_people": 365,
    "ended_invitations": 90,
}
try:
    given_days = json.loads(os.environ.get("RETENTION_DAYS") or "{}")
    if unknown := given_days.keys() - RETENTION_DAYS.keys():
        raise ImproperlyConfigured(f"RETENTION_DAYS: {', '.join(sorted(unknown))} is not known.")
    if not all(type(days) is int and days > 0 for days in given_days.values()):
        raise ImproperlyConfigured("RETENTION_DAYS: each is a whole number of days, at least 1.")
except (ValueError, AttributeError) as error:
    raise ImproperlyConfigured("RETENTION_DAYS is not an object as JSON.") from error
RETENTION_DAYS |= given_days
RETENTION_NIGHTLY = os.environ.get("RETENTION_NIGHTLY") == "1"
PRIVACY_CONTACT = os.environ.get("PRIVACY_CONTACT", "")

# --- what the law wants of a public site ------------------------------------------------------------------------------

ACCESSIBILITY_STATEMENT_URL = os.environ.get("ACCESSIBILITY_STATEMENT_URL", "")
if ACCESSIBILITY_STATEMENT_URL and not ACCESSIBILITY_STATEMENT_URL.startswith("https://"):
    raise ImproperlyConfigured("ACCESSIBILITY_STATEMENT_URL is not an https:// address.")

# --- log --------------------------------------------------------------------------------------------------------------

LOG_FORMAT = os.environ.get("LOG_FORMAT") or ("plain" if DEBUG else "json")
if LOG_FORMAT not in {"json", "plain"}:
    raise ImproperlyConfigured("LOG_FORMAT is neither json nor plain.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "kulturmetropol.logs.JsonFormatter"},
        "plain": {
            "()": "kulturmetropol.logs.PlainFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},
        # the development server's own line for each request holds the query string
        "django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # fontTools tells of every table of every font it subsets
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        # fido2 writes down which passkey was used
        "fido2": {"level": "WARNING"},
    },
}
