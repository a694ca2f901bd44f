"""The tables. Every key starts with the tenant."""

from pims_api.storage.tables.change import change, kept_reply, transaction
from pims_api.storage.tables.columns import metadata
from pims_api.storage.tables.definition import definition
from pims_api.storage.tables.job import job, job_file
from pims_api.storage.tables.media import media
from pims_api.storage.tables.number_part import number_part
from pims_api.storage.tables.outlet import (
    outlet,
    outlet_run,
    webhook_delivery,
    webhook_reader,
)
from pims_api.storage.tables.posting import long_term, posting
from pims_api.storage.tables.product import category_link, document, product, unique_value
from pims_api.storage.tables.sync_mapping import sync_mapping
from pims_api.storage.tables.tenant import api_key, api_key_refusal, api_key_use, tenant
from pims_api.storage.tables.user import login_failure, user

__all__ = [
    "api_key",
    "api_key_refusal",
    "api_key_use",
    "category_link",
    "change",
    "definition",
    "document",
    "job",
    "job_file",
    "kept_reply",
    "login_failure",
    "long_term",
    "media",
    "metadata",
    "number_part",
    "outlet",
    "outlet_run",
    "posting",
    "product",
    "sync_mapping",
    "tenant",
    "transaction",
    "unique_value",
    "user",
    "webhook_delivery",
    "webhook_reader",
]
