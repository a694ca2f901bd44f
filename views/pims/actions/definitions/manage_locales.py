"""listLocales and addLocale, of /pim/manage/attributes."""

from pims_api.domain.definition import Definition
from pims_api.services.dimensions import add_locale as add_segment
from pims_api.services.dimensions import locales
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import READING, read_request
from schemas.pims.definitions.locale_requests import locale_object, read_locale
from views.pims.caller import Caller
from views.pims.dry_run import as_dry_run, with_warnings
from views.running import Body, Reply


def list_locales(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with every locale, the default one first."""
    caller.hear(read_request(READING, body))
    language = seen.definition.language
    data = [locale_object(language, one) for one in locales(seen.definition)]
    return with_warnings({"status": "OK", "data": data}, caller.warnings)


def add_locale(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Add a locale and answer with it."""
    request, before = caller.hear(read_locale(body)), work.definition
    values = request.values
    added = add_segment(work, values["code"].strip(), values["name"].strip())
    work.dry_run = request.dry_run
    reply: Reply = {"status": "OK", "locale": locale_object(work.definition.language, added)}
    if work.dry_run:
        reply = as_dry_run(reply, _shown(before), _shown(work.definition))
    return with_warnings(reply, caller.warnings)


def _shown(definition: Definition) -> dict[str, Reply]:
    language = definition.language
    return {one.code: locale_object(language, one) for one in language.segments}
