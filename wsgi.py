"""For any WSGI server: `gunicorn wsgi:app`. The environment has the settings."""

from views.app import create_app

app = create_app()
