# The running shop: web, workers and beat are this one image under different commands. No compiler, no torch, no root.
FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-virtualenv -r requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VITRINE_VAR=/var/lib/vitrine
# Volumes that are mounted here take over the folders' owner.
RUN useradd --system --uid 10001 --no-create-home vitrine && install -d -o vitrine -g vitrine /var/lib/vitrine/media /var/lib/vitrine/private /var/lib/vitrine/models
COPY --from=packages /venv /venv
WORKDIR /shop
COPY . .
# The settings want to be complete even for this; nothing is connected to, and nothing of it stays in the image.
RUN PRODUCTION=1 SECRET_KEY=for-collecting-static-files-only-and-nothing-else-ever ALLOWED_HOSTS=none \
    DATABASE_URL=postgresql://none REDIS_URL=redis://none python manage.py collectstatic --no-input
USER vitrine
EXPOSE 8000
CMD ["gunicorn", "--config", "python:shop.gunicorn", "shop.wsgi"]
