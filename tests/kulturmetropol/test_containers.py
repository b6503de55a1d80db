"""The container files and nginx's: linted, and held to what the guide promises. Nothing is built here."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from kulturmetropol.bootstrap import LIBRARIES, OLDEST_POSTGRESQL
from tests.conftest import needed

pytestmark = pytest.mark.once

ROOT = settings.BASE_DIR
PORTAL = {"web", "worker", "timers", "migrate"}
TEMPLATE = ROOT / "docs/operation/nginx.conf.template"


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def services(compose) -> dict[str, dict]:
    return compose["services"]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's own, each on one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    return [tuple(line.split(None, 1)) for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def all_of(name: str) -> list[str]:
    return [" ".join(rest.split()) for instruction, rest in instructions() if instruction == name]


# --- Dockerfile -------------------------------------------------------------------------------------------------------


def test_hadolint_has_nothing_to_say():
    hadolint = shutil.which("hadolint", path=sysconfig.get_path("scripts"))
    needed("hadolint", hadolint)
    result = subprocess.run(
        [hadolint, "--failure-threshold=style", "Dockerfile"], cwd=ROOT, capture_output=True, text=True
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_libraries_come_by_their_hashes_and_the_systems_by_their_names():
    runs = " ".join(all_of("RUN"))
    assert "pip install --require-hashes --requirement requirements.lock" in runs
    assert set(LIBRARIES) <= set(runs.split())
    assert "--no-install-recommends" in runs


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is():
    assert all_of("USER") == ["10001:10001"]
    (check,) = all_of("HEALTHCHECK")
    assert check.endswith('CMD ["python", "-m", "kulturmetropol.probe"]')
    (command,) = all_of("CMD")
    assert command.startswith('["gunicorn", "kulturmetropol.wsgi"')
    # the instructions of the last stage begin with the last FROM
    last = len(instructions()) - [name for name, _rest in instructions()][::-1].index("FROM")
    assert "RUN" in [name for name, _rest in instructions()[last:]]
    assert not [rest for name, rest in instructions()[last:] if name == "COPY" and "--from=build" not in rest]


def test_nothing_but_the_project_gets_in():
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [rest.split() for rest in all_of("COPY") if "--from" not in rest]
    assert sorted(allowed) == sorted(name for *names, _target in copied for name in names)
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert not {".", "./", ".env", "var", "tests", ".git"} & {name for *names, _target in copied for name in names}
    assert all((ROOT / name).exists() for name in allowed)


def test_no_secret_is_in_a_layer():
    text = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"(\w*(?:SECRET|PASSWORD|TOKEN)\w*)=(\S+)", text) == [("SECRET_KEY", "build-only")]
    assert not all_of("ARG")
    assert not [env for env in all_of("ENV") if re.search("SECRET|PASSWORD|TOKEN", env)]


# --- compose ----------------------------------------------------------------------------------------------------------


def test_all_that_belongs_to_it_is_there(services):
    assert set(services) == PORTAL | {"proxy", "database"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert all(set(services[name]["networks"]) == {"inside"} for name in ("database", "migrate"))


def test_only_the_proxy_is_reached_from_outside_and_the_database_reaches_nobody(compose):
    assert compose["networks"]["inside"] == {"internal": True}


def test_each_may_do_as_little_as_it_can(services):
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
        assert not service["image"].endswith(":latest")
    assert not any("cap_add" in services[name] for name in PORTAL)


def test_the_tables_are_there_before_the_portal_is(services):
    for name in ("web", "worker", "timers"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["migrate"]["restart"] == "no"
    assert services["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


def test_who_runs_on_is_begun_again_and_watched(services):
    for name in set(services) - {"migrate"}:
        assert services[name]["restart"] == "unless-stopped"
    for name in ("proxy", "timers", "database"):  # the image of web has its own, the worker minds its processes
        assert services[name]["healthcheck"]["test"]
    assert services["worker"]["healthcheck"] == {"disable": True}  # the image's asks the port of web


def test_secrets_are_files_that_are_not_in_the_project(compose, services):
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"secrets/{name}"}
    assert not (ROOT / "secrets").exists()
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/secrets/", "/certificates/", "/portal.env"} <= set(ignored)
    for service in services.values():
        for variable, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|DATABASE_URL|MAIL_URL", variable):
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_what_is_kept_is_in_volumes(compose, services):
    assert set(compose["volumes"]) == {"database", "files", "backups"}
    assert "database:/var/lib/postgresql/data" in services["database"]["volumes"]
    for name in PORTAL:
        assert services[name]["volumes"] == ["files:/files", "backups:/backups"]


def test_a_backup_can_be_restored_beside_the_files_on_a_root_that_is_read_only():
    """The restore lays its folder beside `FILES_ROOT`, and `_move` renames within the volume."""
    (folder,) = re.findall(r"FILES_ROOT=(\S+)", " ".join(all_of("ENV")))
    assert Path(folder).parent == Path("/files")
    assert f"/files {folder} /backups" in " ".join(all_of("RUN"))
    guide = (ROOT / "docs/operation.md").read_text()
    commands = re.findall(r"docker compose run (.*) web python manage.py (\w+)", guide)
    assert {command for _options, command in commands} == {"create_user", "backup", "restore"}
    # without it the tables are changed by the image at hand first
    assert {options for options, _command in commands} == {"--rm --no-deps"}


def test_the_database_is_one_that_the_portal_knows_and_the_image_can_back_up(services):
    version = int(re.match(r"postgres:(\d+)", services["database"]["image"])[1])
    assert version >= OLDEST_POSTGRESQL
    assert f"postgresql-client-{version}" in " ".join(all_of("RUN"))


# --- nginx ------------------------------------------------------------------------------------------------------------


def filled(names: dict[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda name: names[name[1]], TEMPLATE.read_text())


def test_the_same_names_are_filled_in_here_and_there(services):
    used = set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text()))
    given = services["proxy"]["environment"]
    assert used == {name for name in given if name.startswith("PORTAL_")}
    assert given["NGINX_ENVSUBST_FILTER"] == "PORTAL_"
    guide = (ROOT / "docs/operation.md").read_text()
    assert all(name in guide for name in used)


def test_what_the_proxy_must_hold():
    text = TEMPLATE.read_text()
    for line in (
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "server_tokens off;",
        "access_log off;",
        "client_max_body_size 24m;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Request-ID $request_id;",
        "ssl_reject_handshake on;",
        "resolver 127.0.0.11 valid=10s;",
    ):
        assert line in text
    assert set(re.findall(r"/([\w-]+)\.html;", text)) == {
        page.stem for page in (ROOT / "docs/operation/pages").iterdir()
    }


def test_nginx_takes_it(tmp_path):
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if not nginx:
        pytest.skip("nginx is not installed")
    certificate(tmp_path)
    # a name that is asked for again and again, as web gets another address with each update, and need not be there yet
    names = {"PORTAL_HOST": "portal.example", "PORTAL_UPSTREAM": "web.invalid:8000"}
    names |= {"PORTAL_CERTIFICATES": str(tmp_path), "PORTAL_PAGES": str(tmp_path)}
    portal = re.sub(r"listen (\d+)", r"listen 127.0.0.1:1\1", filled(names))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {portal} }}")
    result = subprocess.run([nginx, "-t", "-q", "-c", str(conf), "-p", str(tmp_path)], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def certificate(folder: Path) -> None:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
