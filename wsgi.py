"""For any WSGI server: `gunicorn wsgi:app`. The environment has the settings."""

from pims_api.garbage import keep_for_good
from pims_api.settings import Settings
from views.app import create_app
from views.warm_up import warm_up

_settings = Settings.from_environment()
app = create_app(_settings)
warm_up(_settings)
keep_for_good()
