# The gateway, and the relais command. The model comes from Rasa's image:
#
#   docker build -f docker/gateway.Dockerfile \
#     --build-context model=docker-image://relais-rasa -t relais-gateway .
#
# To pin the base image for good, put its digest behind the tag: see docker/rasa.Dockerfile.
ARG PYTHON=python:3.13.9-slim-bookworm

FROM ${PYTHON} AS builder
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY requirements/uv.txt requirements/uv.txt
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/uv.txt
COPY requirements/gateway.txt requirements/gateway.txt
RUN uv venv --no-project --python /usr/local/bin/python .venv \
 && uv pip sync --no-cache --require-hashes --python .venv/bin/python requirements/gateway.txt

FROM ${PYTHON}
RUN groupadd --system --gid 10001 relais \
 && useradd --system --uid 10001 --gid relais --no-create-home --home-dir /tmp relais \
 && install --directory --owner=relais --group=relais --mode=0700 /data
WORKDIR /app
COPY --from=builder /app/.venv .venv
COPY requirements requirements
COPY scripts scripts
COPY core core
COPY connectors connectors
COPY handoff handoff
COPY nlu_data nlu_data
COPY bot bot
COPY gateway gateway
COPY docker/healthy.py docker/healthy.py
COPY --from=model /app/bot/rasa/models bot/rasa/models
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OPENBLAS_NUM_THREADS=1 \
    RELAIS_ENV=production \
    RELAIS_HOST=0.0.0.0 \
    RELAIS_PORT=8080 \
    RELAIS_DATA_DIR=/data
# A model of other files would answer in place of the right one: refuse to build.
RUN python -c "from pathlib import Path; from bot.reading_model.files import model_path; \
assert model_path(Path('/app')).exists(), 'the model is of other files'" \
 && python -m compileall -q core connectors handoff bot gateway scripts
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 \
  CMD ["python", "docker/healthy.py", "http://127.0.0.1:8080/health/live"]
ENTRYPOINT ["python", "-P", "/app/gateway/__main__.py"]
CMD ["serve"]
