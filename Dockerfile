# One image for every process of DominoCI: `dominoci web|worker|scheduler|…` and `dominoci-agent run`.
# No BuildKit features: it builds with the old builder too. BASE_IMAGE needs Python 3.11 or newer with venv, and Debian's
# apt or git; NODE_IMAGE needs Node.js 20 or newer.
ARG BASE_IMAGE=python:3.11-slim-bookworm
ARG NODE_IMAGE=node:20-bookworm-slim

# ---- the page
FROM ${NODE_IMAGE} AS page
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY frontend/package.json frontend/
RUN npm ci --no-audit --no-fund --loglevel=error
COPY frontend frontend
COPY docs docs
RUN npm run build

# ---- the Python packages and ours
FROM ${BASE_IMAGE} AS packages
WORKDIR /src
COPY deploy/requirements-run.txt deploy/requirements-build.txt deploy/
RUN python3 -m venv /opt/dominoci && python3 -m venv /opt/build \
    && /opt/dominoci/bin/pip install --no-cache-dir --require-hashes -r deploy/requirements-run.txt \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes -r deploy/requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY agent agent
COPY backend backend
COPY --from=page /src/backend/dominoci/web/static backend/dominoci/web/static
RUN /opt/build/bin/hatchling build -t wheel -d /tmp/wheel \
    && /opt/dominoci/bin/pip install --no-cache-dir --no-deps /tmp/wheel/*.whl

# ---- what runs
FROM ${BASE_IMAGE}
RUN command -v git >/dev/null || (apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*)
RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin dominoci \
    && for folder in /data /work /enrolment; do mkdir -p "$folder" && chown dominoci:dominoci "$folder" && chmod 700 "$folder"; done
COPY --from=packages /opt/dominoci /opt/dominoci
ENV PATH=/opt/dominoci/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DOMINOCI_HOST=0.0.0.0 \
    DOMINOCI_DATA=/data \
    DOMINOCI_AGENT_WORK=/work
USER dominoci
WORKDIR /data
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["dominoci", "web"]
