"""From a fresh checkout to a running portal, with nothing but Python's standard library.

    bootstrap.py setup    make .venv, the database, the agreement and the demo users
    bootstrap.py run      setup, then serve on http://127.0.0.1:$PORT (8000)
    bootstrap.py dev      the same with DEBUG on and a server that reloads changed code
    bootstrap.py lint     all checks that run no tests
    bootstrap.py screens  pictures of every page into var/screens, and what axe finds on them
    bootstrap.py test     lint, then all tests on SQLite and on PostgreSQL; $PYTEST_ARGS goes to pytest

Every fault that a newcomer can mend is one line on standard error and exit status 1. The Makefile calls this file;
Python 3.6 can read it, so that a Python that is too old is told so.
"""

import glob
import hashlib
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
ENV_FILE = ROOT / ".env"
RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"

OLDEST_PYTHON = (3, 12)
OLDEST_POSTGRESQL = 15

# Debian's package: what it must bring
LIBRARIES = {"libpangoft2-1.0-0": "pangoft2-1.0", "libharfbuzz-subset0": "harfbuzz-subset"}
TEST_PROGRAMS = {
    "chromium": ["chromium", "chromium-browser", "google-chrome"],
    "default-jre-headless": ["java"],
    "gettext": ["msgfmt"],
    "poppler-utils": ["pdftotext"],
}
PLAYWRIGHT_CHROMIUM = "playwright install --with-deps chromium"
JAXB = "/usr/share/java/jaxb-runtime.jar"


# --- the verbs --------------------------------------------------------------------------------------------------------


def setup() -> None:
    prepare(RUNTIME_LOCK)
    say("Ready. Start the portal with: make run")


def run() -> None:
    address = free_address("run")
    prepare(RUNTIME_LOCK, SITE_URL="http://" + address)
    # the control socket would lie in the home folder, shared by all portals of this user
    options = ["--workers=1", "--threads=4", "--log-level=warning", "--no-control-socket"]
    serve(["-m", "gunicorn", "kulturmetropol.wsgi", "--bind=" + address, *options], address, LOG_FORMAT="plain")


def dev() -> None:
    address = free_address("dev")
    prepare(DEV_LOCK, SITE_URL="http://" + address)
    serve(["manage.py", "runserver", address], address, DEBUG="1")


def lint() -> None:
    prepare_python(DEV_LOCK)
    report(run_all(lint_checks()))


def test() -> None:
    prepare_python(DEV_LOCK)
    warning = provide(missing_test_packages)
    if warning and os.environ.get("CI") == "true":
        stop(warning)
    shout(warning)
    failed = run_all([*lint_checks(), pytest_on("sqlite"), pytest_on("postgresql")])
    shout(warning)
    report(failed)


def screens() -> None:
    prepare_python(DEV_LOCK)
    missing = provide(missing_test_packages)
    if missing:
        stop(missing)
    os.environ["PYTEST_ARGS"] = "-q tests/browser/screens.py"
    report(run_all([pytest_on("sqlite")]))


def prepare(lock: str, **settings: str) -> None:
    prepare_python(lock)
    write_env_file()
    (ROOT / "var").mkdir(exist_ok=True)
    environment = dict(os.environ, **settings)
    for arguments in (
        ["migrate", "--no-input", "-v0"],
        ["createcachetable"],
        ["load_kulturmetropol", "--demo"],
        ["create_demo_users"],
        ["collectstatic", "--no-input", "-v0"],
    ):
        if call([PYTHON, "manage.py", *arguments], environment):
            stop(f"Stopped: manage.py {arguments[0]} failed.")


def prepare_python(lock: str) -> None:
    make_venv()
    install_python_packages(lock)
    missing = provide(missing_libraries)
    if missing:
        stop(missing)
    compile_texts()


def serve(arguments: "list[str]", address: str, **settings: str) -> None:
    say(f"\nThe portal is at http://{address} - Ctrl-C stops it.\n")
    environment = dict(os.environ, SITE_URL="http://" + address, **settings)
    start_worker(environment)
    os.execve(PYTHON, [PYTHON, *arguments], environment)


def start_worker(environment: "dict[str, str]") -> None:
    """What waits in the background is done beside the server.

    The worker ends with the server, which holds the other end of its standard input.
    """
    reading, writing = os.pipe()
    how = ["--reload"] if environment.get("DEBUG") == "1" else []
    subprocess.Popen([PYTHON, "manage.py", "worker", "--with-server", *how], stdin=reading, env=environment)
    os.close(reading)
    os.set_inheritable(writing, True)


# --- Python and its packages ------------------------------------------------------------------------------------------


def require_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        stop(f"Python 3.12 or newer is needed; {sys.executable} is Python {this_python()}.")


def this_python() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def make_venv() -> None:
    if venv_works():
        return
    try:
        import ensurepip  # noqa: F401  Debian and Ubuntu leave it out of their python3
    except ImportError:
        stop(f"This Python cannot make a .venv. Type: sudo apt-get install -y python{this_python()}-venv")
    say(f"Making .venv with Python {this_python()}")
    if call([sys.executable, "-I", "-m", "venv", "--clear", str(VENV)]):
        stop(f"Python could not make {VENV}.")


def venv_works() -> bool:
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([PYTHON, "-c", check], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def install_python_packages(lock: str) -> None:
    if stamp(lock).is_file() and stamp(lock).read_text() == digest(lock):
        return
    say(f"Installing the Python packages of {lock}")
    for name in (RUNTIME_LOCK, DEV_LOCK):
        if stamp(name).exists():
            stamp(name).unlink()
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "--retries=2"]
    command = [*pip, "install", "--require-hashes", "-r", lock]
    result = subprocess.run(command, stderr=subprocess.PIPE, universal_newlines=True)
    if result.returncode:
        stop(why_pip_failed(lock, result.stderr))
    # the dev lock holds all of the runtime lock
    for name in (RUNTIME_LOCK, DEV_LOCK) if lock == DEV_LOCK else (RUNTIME_LOCK,):
        stamp(name).write_text(digest(name))


def why_pip_failed(lock: str, errors: str) -> str:
    if re.search(r"connection|name resolution|timed out|unreachable|proxy", errors, re.IGNORECASE):
        return f"No network: the packages of {lock} could not be fetched. Connect, and run this again."
    return f"pip could not install {lock}:\n{errors.strip()}"


def stamp(lock: str) -> Path:
    return VENV / (".installed-" + lock)


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def compile_texts() -> None:
    if (ROOT / "kulturmetropol" / "locale").is_dir():
        babel = [PYTHON, "-m", "babel.messages.frontend", "--quiet", "compile"]
        if call([*babel, "--directory=kulturmetropol/locale", "--domain=django"]):
            stop("Stopped: a text in kulturmetropol/locale is broken.")


# --- the system's packages --------------------------------------------------------------------------------------------


def provide(find_missing: "Callable[[], list[str]]") -> str:
    """Install the packages that `find_missing` names, where we may. Returns a line that says what is still missing."""
    missing = find_missing()
    if missing and shutil.which("apt-get") and may_become_root():
        apt_install(missing)
        missing = find_missing()
    return what_to_type(missing) if missing else ""


def missing_libraries() -> "list[str]":
    return [package for package, library in LIBRARIES.items() if not (installed(package) or loads(library))]


def missing_test_packages() -> "list[str]":
    missing = [package for package, names in TEST_PROGRAMS.items() if not any(map(shutil.which, names))]
    if "chromium" in missing and playwright_chromium():
        missing.remove("chromium")
    if not postgresql_folder():
        missing.append("postgresql")
    if not os.path.exists(JAXB):
        missing.append("libjaxb-java")
    return missing


def installed(package: str) -> bool:
    if not shutil.which("dpkg-query"):
        return False
    return output(["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]) == "installed"


def loads(library: str) -> bool:
    try:
        from ctypes.util import find_library  # some home-made Pythons lack ctypes
    except ImportError:
        return False
    return find_library(library) is not None


def postgresql_folder() -> "str | None":
    """The programs of the newest PostgreSQL server that is new enough: /usr/lib/postgresql/17/bin."""
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(os.path.dirname(os.path.realpath(on_path)))
    newest = max(folders, key=postgresql_version, default=None)
    return newest if newest and postgresql_version(newest) >= OLDEST_POSTGRESQL else None


def postgresql_version(folder: str) -> int:
    version = re.search(r"\(PostgreSQL\) (\d+)", output([os.path.join(folder, "postgres"), "--version"]))
    return int(version.group(1)) if version else 0


def playwright_chromium() -> "list[str]":
    """Playwright's own Chromium, which stands in where apt has none (Ubuntu has a snap instead)."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or os.path.expanduser("~/.cache/ms-playwright")
    return glob.glob(os.path.join(folder, "chromium-*"))


def may_become_root() -> bool:
    return os.geteuid() == 0 or succeeds(["sudo", "-n", "true"])


def apt_install(packages: "list[str]") -> None:
    say("Installing system packages: " + " ".join(packages))
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    # a fresh Ubuntu holds the lock for a minute while it updates itself
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    succeeds([*apt, "update"])
    known = list(filter(known_to_apt, packages))
    if known:
        subprocess.run([*apt, "install", "-y", "--no-install-recommends", *known], stdout=subprocess.DEVNULL)
    if "chromium" in packages and "chromium" not in known:
        subprocess.run([PYTHON, "-m", *PLAYWRIGHT_CHROMIUM.split()])


def known_to_apt(package: str) -> bool:
    return bool(output(["apt-cache", "show", package]))


def what_to_type(missing: "list[str]") -> str:
    if not shutil.which("apt-get"):
        return "System packages are missing; Debian calls them " + " ".join(missing)
    by_apt = [package for package in missing if package != "chromium" or known_to_apt(package)]
    commands = []
    if by_apt:
        commands += ["sudo apt-get update", "sudo apt-get install -y --no-install-recommends " + " ".join(by_apt)]
    if by_apt != missing:
        commands += [".venv/bin/python -m " + PLAYWRIGHT_CHROMIUM]
    return "System packages are missing. Type: " + " && ".join(commands)


# --- the settings of this machine -------------------------------------------------------------------------------------


def write_env_file() -> None:
    if ENV_FILE.exists():
        return
    lines = [
        "SECRET_KEY=" + secrets.token_urlsafe(50),
        "SITE_URL=http://127.0.0.1:8000",
        "DEMO_PASSWORD=" + readable_password(),
    ]
    with open(os.open(str(ENV_FILE), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")


def readable_password() -> str:
    """Four words of two syllables that a Dane can say, such as 'novi-laku-bero-tima': 49 bits."""
    syllables = [consonant + vowel for consonant in "bdfghjklmnrstv" for vowel in "aeiou"]
    return "-".join(secrets.choice(syllables) + secrets.choice(syllables) for _ in range(4))


def free_address(verb: str) -> str:
    port = os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        stop(f"PORT is {port}; it must be a number from 1 to 65535.")
    if not is_free(int(port)):
        another = next(filter(is_free, range(8001, 8999)))
        stop(f"Port {port} is in use. Choose another: make {verb} PORT={another}")
    return f"127.0.0.1:{int(port)}"


def is_free(port: int) -> bool:
    with socket.socket() as candidate:
        # as the server does: a connection that has just ended is no hindrance
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except PermissionError:
            stop(f"Port {port} is for root alone. Choose one from 1024 up.")
        except OSError:
            return False
    return True


# --- checks and tests -------------------------------------------------------------------------------------------------


def lint_checks() -> "list[tuple]":
    """(name, command, environment) of each check; those that read the settings see a production's."""
    production = {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "https://portal.example",
        "MAIL_URL": "smtp://mail.example",
        "DATABASE_URL": "sqlite://:memory:",
        "KULTURMETROPOL_ENV_FILE": "",
    }
    return [
        (" ".join(command), command_line(command), dict(os.environ, **settings))
        for settings, command in (
            ({}, ["ruff", "check", "."]),
            ({}, ["ruff", "format", "--check", "."]),
            ({}, ["djlint", "templates", "--lint"]),
            ({}, ["lint-imports"]),
            (production, ["mypy"]),
            (production, ["manage.py", "makemigrations", "--check", "--dry-run"]),
            (production, ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
            ({}, ["pytest", "-q", "-p", "no:cacheprovider", "tests/test_translations.py"]),
        )
    ]


def pytest_on(database: str) -> tuple:
    workers = str(min(8, 2 * (os.cpu_count() or 1)))  # two for each core, as many tests wait for a browser or a process
    # tests are handed out by fours, so that all workers end at the same time
    command = ["pytest", "--database=" + database, "-n", workers, "--maxschedchunk=4"]
    # the texts have been looked at before, by the checks that `make test` begins with
    more = shlex.split(os.environ.get("PYTEST_ARGS") or "--ignore=tests/test_translations.py")
    return " ".join(command[:2]), command_line(command + more), dict(os.environ)


def command_line(command: "list[str]") -> "list[str]":
    """Tools run as modules: their scripts in .venv/bin break when the checkout is moved."""
    if command[0] == "manage.py":
        return [PYTHON, *command]
    if command[0] == "lint-imports":
        return [PYTHON, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    return [PYTHON, "-m", *command]


def run_all(steps: "list[tuple]") -> "list[str]":
    """Run every step, whatever fails. Returns the names of those that failed."""
    failed = []
    for name, command, environment in steps:
        say("\n=== " + name)
        if call(command, environment):
            failed.append(name)
    return failed


def report(failed: "list[str]") -> None:
    if failed:
        stop("\nFAILED: " + "; ".join(failed))
    say("\nAll is well.")


# --- small helpers ----------------------------------------------------------------------------------------------------


def say(line: str) -> None:
    print(line, flush=True)


def shout(line: str) -> None:
    if line:
        say(f"\n!!! {line}\n!!! The tests that need them are SKIPPED.\n")


def stop(line: str) -> None:
    sys.exit(line)


def call(command: "list[str]", environment: "dict[str, str] | None" = None) -> int:
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # Ctrl-C reached the child too: let it clean up after itself
        raise


def output(command: "list[str]") -> str:
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    except OSError:
        return ""


def succeeds(command: "list[str]") -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


VERBS = {"setup": setup, "run": run, "dev": dev, "lint": lint, "screens": screens, "test": test}


def main() -> None:
    require_python()
    if len(sys.argv) != 2 or sys.argv[1] not in VERBS:
        stop("Usage: bootstrap.py " + "|".join(VERBS))
    os.chdir(str(ROOT))
    try:
        VERBS[sys.argv[1]]()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
