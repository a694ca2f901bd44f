"""What tells webhooks of events. `pims worker` finds it by its name."""

from views.sigma.webhooks.telling import SigmaTelling

TELLING = SigmaTelling()
