"""A database for each test run, chosen before Django reads its settings.

    pytest --database=sqlite        a file in a temporary folder (the default)
    pytest --database=postgresql    a private PostgreSQL server in a temporary folder, gone when the run ends

Nothing of this machine reaches the tests: no .env, no server that runs already.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest

from kulturmetropol.bootstrap import OLDEST_POSTGRESQL, postgresql_folder

MISSING = f"PostgreSQL {OLDEST_POSTGRESQL} or newer not found"
USER = "kulturmetropol"

# Its own folder holds the socket, so no other server has this port.
PORT = "5432"

# A crash may lose the data: there is nothing in it to keep.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "60",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

# Waits until the pipe to pytest closes, which it does even when pytest is killed; then leaves nothing behind.
GUARD = 'cat; "$0/pg_ctl" stop --silent --mode=immediate --pgdata="$1/data"; rm -rf "$1"'


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="the database to test on")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # a worker inherits what the controller set up
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(SECRET_KEY=secrets.token_urlsafe(50), SITE_URL="http://testserver", KULTURMETROPOL_ENV_FILE="")
    if early_config.known_args_namespace.database == "sqlite":
        use_sqlite(early_config)
    elif programs := postgresql_folder():
        use_postgresql(early_config, programs)
    elif os.environ.get("CI") == "true":
        raise pytest.UsageError(MISSING)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if config.option.database == "postgresql" and "DATABASE_URL" not in os.environ:
        print(f"\n!!! {MISSING}: the PostgreSQL half of the tests was SKIPPED !!!\n")
        return 0
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks nothing of the database is run on one of them, as is what takes a browser.

    The long ones begin, so that no core waits for one.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.option.database == "postgresql":
        once = [item for item in items if item.get_closest_marker("once") or item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in once]


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.option.database}"


def use_sqlite(config: pytest.Config) -> None:
    folder = own_folder(config)
    os.environ |= {"TESTS_FOLDER": folder, "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3"}


def use_postgresql(config: pytest.Config, programs: str) -> None:
    # in /tmp, as the path of a socket may have 107 signs at most
    folder = tempfile.mkdtemp(prefix="kulturmetropol-", dir="/tmp")
    server_user = unprivileged_user(folder)
    guard = start_guard(programs, folder, server_user)
    config.add_cleanup(guard.communicate)
    start_server(programs, folder, server_user)
    url = f"postgres://{USER}@{quote(folder, safe='')}:{PORT}/{USER}"
    os.environ |= {"TESTS_FOLDER": own_folder(config), "DATABASE_URL": url}


def own_folder(config: pytest.Config) -> str:
    """Of this run, for what its processes share."""
    folder = tempfile.mkdtemp(prefix="kulturmetropol-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


def unprivileged_user(folder: str) -> dict:
    """Arguments of subprocess that leave root, as PostgreSQL refuses to run as root. The folder becomes that user's."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def start_guard(programs: str, folder: str, server_user: dict) -> subprocess.Popen:
    return subprocess.Popen(
        ["sh", "-c", GUARD, programs, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # Ctrl-C in the terminal is for pytest alone
        **server_user,
    )


def start_server(programs: str, folder: str, server_user: dict) -> None:
    data, log = f"{folder}/data", f"{folder}/log"
    options = SERVER_OPTIONS | {"unix_socket_directories": folder, "port": PORT}
    settings = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    initdb = ["initdb", f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    for program, *arguments in (
        [*initdb, f"--pgdata={data}"],
        ["pg_ctl", "start", "--wait", f"--pgdata={data}", f"--log={log}", f"--options={settings}"],
    ):
        command = [f"{programs}/{program}", *arguments]
        result = subprocess.run(command, capture_output=True, text=True, cwd=folder, **server_user)
        if result.returncode:
            server_log = Path(log).read_text() if Path(log).exists() else ""
            raise pytest.UsageError(f"{program} failed:\n{result.stdout}{result.stderr}{server_log}")
