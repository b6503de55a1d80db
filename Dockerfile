# The portal as an image: web server, worker and one-off commands are the same image with another command.
# How it is built and run: docs/operation.md

FROM python:3.13-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1

WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes --requirement requirements.lock

# every folder by its name, so that nothing gets in by being there
COPY manage.py gunicorn.conf.py pyproject.toml ./
COPY kulturmetropol kulturmetropol
COPY agreements agreements
COPY initiatives initiatives
COPY outreach outreach
COPY templates templates
COPY static static
# the key is for this one command, and signs nothing
RUN /venv/bin/python -m babel.messages.frontend --quiet compile --directory=kulturmetropol/locale --domain=django \
    && SECRET_KEY=build-only DATABASE_URL=sqlite://:memory: /venv/bin/python manage.py collectstatic --no-input \
    && /venv/bin/python -m compileall -q kulturmetropol agreements initiatives outreach


FROM python:3.13-slim-trixie

# Pango and HarfBuzz draw the PDFs; pg_dump and pg_restore, as new as the server of compose.yaml, make and read backups
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libharfbuzz-subset0 libpangoft2-1.0-0 postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install --directory --owner=portal --group=portal --mode=0700 /files /files/uploads /backups

COPY --from=build /venv /venv
COPY --from=build /app /app

# the root file system may be read-only: all that is written goes to /files, /backups and /tmp. The uploads have a folder
# of their own in the volume, as a restore lays what it unpacks beside it
ENV PATH="/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp \
    KULTURMETROPOL_ENV_FILE="" \
    FILES_ROOT=/files/uploads

WORKDIR /app
USER 10001:10001
VOLUME ["/files", "/backups"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-m", "kulturmetropol.probe"]
CMD ["gunicorn", "kulturmetropol.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--worker-tmp-dir=/dev/shm"]
