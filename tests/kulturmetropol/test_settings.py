"""The settings as the environment gives them, each in a process of its own."""

import json
import re

import pytest
from django.conf import settings

from tests.kulturmetropol.test_database import run

pytestmark = pytest.mark.once

ROOT = settings.BASE_DIR

PRODUCTION = {
    "SECRET_KEY": "blå viol i regnvejr " * 4,
    "SITE_URL": "https://portal.example",
    "MAIL_URL": "smtp://post.example",
}


def settings_of(*names: str, **environment: str) -> dict:
    """The settings named, in a process with this environment."""
    script = (
        "import json, sys; from django.conf import settings;"
        "print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))"
    )
    result = run("-c", script, *names, DJANGO_SETTINGS_MODULE="kulturmetropol.settings", **environment)
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_the_guide_has_every_setting():
    text = (ROOT / "kulturmetropol/settings.py").read_text().split('"""')[1]
    described = re.findall(r"^    ([A-Z_]+)", text, re.MULTILINE)
    told = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {name.rstrip("_") for name in described} - {"DEBUG"} <= {*told, "OIDC_SECRET"}


@pytest.mark.parametrize("command", ["check", "migrate", "load_kulturmetropol"])
@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({}, "Set the environment variable SECRET_KEY.\n"),
        ({"SECRET_KEY": ""}, "Set the environment variable SECRET_KEY.\n"),
    ],
)
def test_without_a_secret_key_nothing_starts(command, environment, line):
    result = run("manage.py", command, without=["SECRET_KEY"], **environment)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", line)


def test_the_checks_for_production_are_silent():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "System check identified no issues (0 silenced).\n"


def test_a_weak_secret_key_does_not_pass_for_production():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION | {"SECRET_KEY": "kort"})
    assert result.returncode == 1
    assert "security.W009" in result.stderr


def test_what_nobody_sets_is_safe():
    assert settings_of(
        "DEBUG",
        "ALLOWED_HOSTS",
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        without=["SITE_URL"],
    ) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost"],
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
    }


def test_a_portal_on_ones_own_machine_needs_no_https():
    assert settings_of(
        "ALLOWED_HOSTS",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SECOND_FACTOR_REQUIRED",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
        SITE_URL="http://127.0.0.1:8000",
    ) == {
        "ALLOWED_HOSTS": ["127.0.0.1"],
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECOND_FACTOR_REQUIRED": False,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": True,
    }


@pytest.mark.parametrize(
    ("site", "value", "required"),
    [("https", "", True), ("https", "0", False), ("http", "1", True), ("http", "", False)],
)
def test_the_second_factor_is_asked_for_where_the_portal_is_real(site, value, required):
    more = {"SECOND_FACTOR": value} if value else {"without": ["SECOND_FACTOR"]}
    settings = settings_of("SECOND_FACTOR_REQUIRED", SITE_URL=f"{site}://portal.example", **more)
    assert settings == {"SECOND_FACTOR_REQUIRED": required}


def test_a_client_is_who_the_proxy_says_only_when_the_proxy_is_trusted():
    names = ["ALLAUTH_TRUSTED_PROXY_COUNT", "SECURE_PROXY_SSL_HEADER"]
    header = ["HTTP_X_FORWARDED_PROTO", "https"]
    assert settings_of(*names, TRUST_PROXY_HEADERS="1") == dict(zip(names, [1, header], strict=True))
    assert settings_of(names[0], without=["TRUST_PROXY_HEADERS"]) == {names[0]: 0}


@pytest.mark.parametrize(("value", "keys"), [("", []), ("gammel", ["gammel"]), ("ny, gammel ,", ["ny", "gammel"])])
def test_former_keys_come_from_the_environment(value, keys):
    assert settings_of("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS=value) == {"SECRET_KEY_FALLBACKS": keys}


def test_what_is_counted_is_counted_in_the_database_or_in_redis():
    caches = settings_of("CACHES", without=["CACHE_URL"])["CACHES"]["default"]
    # a login that was tried is not forgotten for all the others
    assert caches == {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
    caches = settings_of("CACHES", CACHE_URL="redis://127.0.0.1:6379/0")["CACHES"]["default"]
    assert caches == {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:6379/0"}


@pytest.mark.parametrize("value", ["a.example,b.example", " a.example, b.example ", "a.example,,b.example,"])
def test_hosts_are_parted_by_commas(value):
    assert settings_of("ALLOWED_HOSTS", ALLOWED_HOSTS=value) == {"ALLOWED_HOSTS": ["a.example", "b.example"]}


@pytest.mark.parametrize(("value", "debug"), [("1", True), ("true", True), ("0", False), ("", False), ("nej", False)])
def test_debug_is_on_only_when_asked_for(value, debug):
    assert settings_of("DEBUG", DEBUG=value) == {"DEBUG": debug}


def test_the_address_of_the_database_chooses_it():
    url = "postgres://portal:hemmeligt@db.example:5433/kultur"
    database = settings_of("DATABASES", DATABASE_URL=url)["DATABASES"]["default"]
    assert {name: database[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "kultur",
        "USER": "portal",
        "PASSWORD": "hemmeligt",
        "HOST": "db.example",
        "PORT": 5433,
    }
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (300, True)


def test_secrets_may_stand_in_files(tmp_path):
    (tmp_path / "key").write_text("fra en fil\n")
    (tmp_path / "empty").write_text("")
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "MAIL_URL_FILE": str(tmp_path / "empty")}
    given = {"without": ["SECRET_KEY", "MAIL_URL"], "SITE_URL": "https://portal.example"}
    assert settings_of("SECRET_KEY", "MAILERS", **given, **files) == {"SECRET_KEY": "fra en fil", "MAILERS": {}}
    assert settings_of("SECRET_KEY", SECRET_KEY="fra miljøet", **files) == {"SECRET_KEY": "fra miljøet"}


def test_a_file_that_is_not_there_is_told():
    result = run("manage.py", "check", SECRET_KEY_FILE="/findes/ikke")
    assert (result.returncode, result.stderr) == (1, "SECRET_KEY_FILE names a file that cannot be read.\n")


def test_without_an_address_it_is_a_file():
    database = settings_of("DATABASES", without=["DATABASE_URL"])["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"].endswith("/var/kulturmetropol.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_file_fills_in_what_the_environment_leaves_open(tmp_path):
    file = tmp_path / "env"
    file.write_text("# DEBUG=1\nSITE_URL = https://fil.example\nALLOWED_HOSTS=fra.fil.example\n\nintet\n")
    given = {"KULTURMETROPOL_ENV_FILE": str(file), "ALLOWED_HOSTS": "fra.miljoe.example"}
    assert settings_of("DEBUG", "SITE_URL", "ALLOWED_HOSTS", without=["SITE_URL"], **given) == {
        "DEBUG": False,
        "SITE_URL": "https://fil.example",
        "ALLOWED_HOSTS": ["fra.miljoe.example"],
    }


def mailer(**environment) -> dict:
    return settings_of("MAILERS", **environment)["MAILERS"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://post.example", ("post.example", 25, "", "", False, False)),
        ("smtp://post.example:2525", ("post.example", 2525, "", "", False, False)),
        ("smtp+tls://portal:hemmeligt@post.example", ("post.example", 587, "portal", "hemmeligt", True, False)),
        (
            "smtps://portal%40kmp.example:a%2Fb%3Ac%40d@post.example",
            ("post.example", 465, "portal@kmp.example", "a/b:c@d", False, True),
        ),
        ("smtp://[2001:db8::1]:25", ("2001:db8::1", 25, "", "", False, False)),
    ],
)
def test_the_address_of_the_mail_server(url, expected):
    options = mailer(MAIL_URL=url)["default"]["OPTIONS"]
    names = ("host", "port", "username", "password", "use_tls", "use_ssl")
    assert tuple(options[name] for name in names) == expected
    assert options["timeout"] == 10


@pytest.mark.parametrize(
    "url",
    [
        "post.example",
        "http://post.example",
        "smtp://",
        "smtp://post.example:x",
        "smtp://post.example:99999",
        "smtp:post",
    ],
)
def test_an_address_that_leads_to_no_mail_server_is_told(url):
    result = run("manage.py", "check", MAIL_URL=url)
    assert (result.returncode, result.stderr) == (
        1,
        "MAIL_URL is not smtp://, smtp+tls:// or smtps:// with a host.\n",
    )


def test_without_a_mail_server_a_portal_in_use_keeps_its_mail_and_the_checks_say_so():
    assert mailer(SITE_URL="https://portal.example") == {}
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION | {"MAIL_URL": ""})
    assert result.returncode == 1
    assert "mail.W001" in result.stderr


def test_without_a_mail_server_ones_own_machine_writes_mail_to_files():
    default = mailer(SITE_URL="http://127.0.0.1:8000")["default"]
    assert default["BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert default["OPTIONS"]["file_path"].endswith("/var/mail")


def test_the_sender_is_the_portals_own_address():
    portal = {"SITE_URL": "https://portal.example"}
    assert settings_of("DEFAULT_FROM_EMAIL", **portal) == {"DEFAULT_FROM_EMAIL": "portal@portal.example"}
    assert settings_of("DEFAULT_FROM_EMAIL", **portal, MAIL_FROM="post@kmp.example") == {
        "DEFAULT_FROM_EMAIL": "post@kmp.example"
    }
