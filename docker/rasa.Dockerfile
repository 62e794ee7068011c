# Rasa with its trained model, and the action server: one image, two commands.
#
#   docker build -f docker/rasa.Dockerfile -t relais-rasa .
#
# The tag names a version, which its publisher may still rebuild. To pin what was tried, put the
# digest behind it: docker buildx imagetools inspect python:3.10.19-slim-bookworm, then
# python:3.10.19-slim-bookworm@sha256:…
ARG PYTHON=python:3.10.19-slim-bookworm

FROM ${PYTHON} AS builder
# Some of Rasa's packages come as sources.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc g++ \
 && rm -rf /var/lib/apt/lists/*
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY requirements/uv.txt requirements/uv.txt
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/uv.txt
COPY bot/rasa/requirements.txt bot/rasa/requirements.txt
RUN uv venv --no-project --python /usr/local/bin/python bot/rasa/.venv \
 && uv pip sync --no-cache --require-hashes --python bot/rasa/.venv/bin/python \
      bot/rasa/requirements.txt
# The model is that of exactly these files: bot/reading_model/files.py
COPY nlu_data nlu_data
COPY bot/__init__.py bot/__init__.py
COPY bot/reading_model bot/reading_model
COPY bot/rasa bot/rasa
RUN bot/rasa/.venv/bin/python bot/rasa/train.py

FROM ${PYTHON}
RUN groupadd --system --gid 10001 relais \
 && useradd --system --uid 10001 --gid relais --no-create-home --home-dir /tmp relais
WORKDIR /app
COPY --from=builder /app/bot/rasa/.venv bot/rasa/.venv
COPY nlu_data nlu_data
COPY bot/__init__.py bot/__init__.py
COPY bot/reading_model bot/reading_model
COPY bot/rasa bot/rasa
COPY actions actions
COPY docker/healthy.py docker/healthy.py
COPY --from=builder /app/bot/rasa/models bot/rasa/models
ENV PATH=/app/bot/rasa/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    RASA_TELEMETRY_ENABLED=false \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    TF_CPP_MIN_LOG_LEVEL=3 \
    MPLCONFIGDIR=/tmp
USER 10001:10001
EXPOSE 5005
HEALTHCHECK --interval=15s --timeout=6s --start-period=90s --retries=3 \
  CMD ["python", "docker/healthy.py", "http://127.0.0.1:5005/webhooks/turn/"]
CMD ["python", "bot/rasa/serve.py", "--host", "0.0.0.0", "--port", "5005"]
