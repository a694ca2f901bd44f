"""For any WSGI server: `gunicorn wsgi:app`. The environment has the settings."""

from pims_api.garbage import keep_for_good
from views.app import create_app

app = create_app()
keep_for_good()
