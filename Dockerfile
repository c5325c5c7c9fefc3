# The studio in a box: no GPU, no model download. The home (database, pictures) is the volume /home/castlock/home.
# Build: docker build -t castlock .   Run: docker run -p 127.0.0.1:7860:7860 -v castlock:/home/castlock/home castlock
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk fontconfig libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 castlock
WORKDIR /home/castlock/studio
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=castlock:castlock app.py pyproject.toml README.md LICENSE ./
COPY --chown=castlock:castlock storage storage
COPY --chown=castlock:castlock characters characters
COPY --chown=castlock:castlock studio studio

ENV OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1 CASTLOCK_HOME=/home/castlock/home
RUN mkdir -p /home/castlock/home && chown castlock:castlock /home/castlock/home && chmod 700 /home/castlock/home
USER castlock
VOLUME /home/castlock/home
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]
# inside the container every address is the container's own; what leaves it is what -p publishes
CMD ["python", "app.py", "--host", "0.0.0.0", "--sample"]
