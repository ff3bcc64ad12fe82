# Sifu's image. Needs BuildKit: DOCKER_BUILDKIT=1, or any Docker since 23. See docs/docker.md.
#
#   docker build -t sifu .
#
# In two steps, where one base serves several images:
#
#   docker build --target base -t example/sifu-base .
#   docker build --build-arg SIFU_BASE=example/sifu-base -t sifu .

ARG BASE_IMAGE=python:3.12-slim-bookworm
ARG SIFU_BASE=base


# Debian's part: git, the account, and Python's own modules compiled, which nobody may write later.
FROM ${BASE_IMAGE} AS system
ENV LANG=C.UTF-8
RUN --mount=type=tmpfs,target=/var/lib/apt/lists \
    --mount=type=tmpfs,target=/var/cache \
    --mount=type=tmpfs,target=/var/log \
    apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends \
      ca-certificates git openssh-client \
 && rm -rf /usr/share/doc \
 && python3 -m compileall -q -j 0 -x 'lib2to3.tests' --invalidation-mode unchecked-hash \
      "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && groupadd --gid 1000 sifu \
 && useradd --uid 1000 --gid sifu --home-dir /data/home --no-create-home --shell /bin/bash sifu \
 && install -d -o sifu -g sifu /data /notebooks


# Sifu's pinned requirements, in an environment of their own. It sees the base's pip, and what people
# install for themselves in their notebooks, but only there: PYTHONNOUSERSITE below.
FROM system AS requirements
COPY requirements/image.txt /requirements/
RUN set -eu; \
    python3 -m venv --system-site-packages --without-pip /opt/sifu; \
    /opt/sifu/bin/python -m pip install --disable-pip-version-check --no-cache-dir --no-compile \
      --quiet --root-user-action=ignore --only-binary=:all: --require-hashes -r /requirements/image.txt; \
    /opt/sifu/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/sifu/lib


FROM system AS base
COPY --from=requirements /opt/sifu /opt/sifu


# Sifu itself, as a wheel.
FROM ${SIFU_BASE} AS package
WORKDIR /src
COPY pyproject.toml README.md LICENSE supervisord.conf ./
COPY proxy/ proxy/
RUN /opt/sifu/bin/python -m pip wheel --disable-pip-version-check --no-cache-dir --quiet \
      --no-deps --no-build-isolation --wheel-dir /wheels .


# Private repositories: the only step that sees the token, and nothing of it is kept. It is in
# nobody's environment and in no file of this stage: git asks for it (docker/sifu_image/askpass.py).
# REFRESH=anything-new fetches again what Docker would take from its cache.
FROM ${SIFU_BASE} AS fetched
COPY docker/sifu_image/ /image/sifu_image/
ARG REFRESH=
RUN --mount=type=secret,id=deployment_token \
    --mount=type=secret,id=deployment_key \
    --mount=type=bind,source=.,target=/context \
    cd /image && python3 -m sifu_image.fetching /context /fetched


# Private packages become wheels, with what they need, where the token is gone already.
FROM fetched AS private
RUN set -eu; mkdir /wheels; \
    if [ -s /fetched/packages.txt ]; then \
      /opt/sifu/bin/python -m pip freeze --all --local > /tmp/installed.txt; \
      /opt/sifu/bin/python -m pip wheel --disable-pip-version-check --no-cache-dir --quiet \
        --constraint /tmp/installed.txt --wheel-dir /wheels --requirement /fetched/packages.txt; \
    fi


FROM ${SIFU_BASE} AS final
ARG VERSION=0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sifu" \
      org.opencontainers.image.description="Jupyter behind a door: an authenticating proxy and the servers behind it" \
      org.opencontainers.image.licenses="BSD-3-Clause" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY docker/sifu_image/ /opt/sifu/image/sifu_image/
COPY docker/sifu /opt/sifu/image/sifu
RUN --mount=type=bind,from=package,source=/wheels,target=/mnt \
    --mount=type=bind,from=private,source=/wheels,target=/media \
    set -eu; \
    /opt/sifu/bin/python -m pip install --disable-pip-version-check --no-cache-dir \
      --quiet --root-user-action=ignore --no-index --find-links /media \
      /mnt/*.whl $(find /media -name '*.whl'); \
    modules="$(/opt/sifu/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"; \
    echo /opt/sifu/image > "$modules/sifu_image.pth"; \
    install -m 0755 /opt/sifu/image/sifu /opt/sifu/bin/sifu; \
    /opt/sifu/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/sifu/image
COPY --from=fetched /fetched/courses.json /fetched/courses /opt/sifu/courses/

# A program must not find modules in the folder that it is started in, nor a person's own: those are
# for the notebooks, to which these two are not handed on.
ENV PATH=/opt/sifu/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 \
    PYTHONSAFEPATH=1 \
    PYTHONNOUSERSITE=1 \
    SIFU_DATA=/data \
    SIFU_NOTEBOOKS=/notebooks \
    SIFU_BIND=0.0.0.0 \
    SIFU_LOGS=stdout \
    SIFU_RELAY_WORKERS=0

WORKDIR /
VOLUME ["/data", "/notebooks"]
EXPOSE 3334 3335
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/sifu/bin/python", "-I", "-S", "/opt/sifu/image/sifu_image/health.py"]

# Starts as root only to leave it: everything runs as one account (docker/sifu_image/account.py).
# supervisord ends as process 1, and takes care of orphans.
ENTRYPOINT ["/opt/sifu/bin/python", "-I", "-m", "sifu_image.entry"]
CMD ["sifu", "up"]
