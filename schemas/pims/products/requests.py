"""The schemas of the bodies of product actions.

Source: docs/api/pims.md, Request keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from pims_api.domain.page import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault
from pims_api.services.products.batch import Mode
from schemas.loading import complaint, load
from schemas.pims.fields import (
    Flag,
    Object,
    OneOf,
    Part,
    PartList,
    ProductSku,
    Text,
    TextList,
    WholeNumber,
)
from schemas.pims.names import (
    ORDER,
    PAGINATION,
    PARAMS,
    Aliases,
    renamed,
    unknown_params,
)

SKUS_MAX = 500  # products one listProductsBySku may ask for
PAGE_NUMBER_MAX = 10**12
SEARCH_LENGTH_MAX = 1_000  # characters
ORDER_MAX = 10  # attributes
REPLY_SHORT, REPLY_FULL = "short", "full"  # how much of each product a batch returns
ATTRIBUTES_SHOWN_MAX = 10_000  # that one request may name
_MISSING_MAX = 10  # kinds of things that a write may make on the way
_CATEGORY_ID_MAX = 2**31 - 1
_VERSION_MAX = 2**62


class _Part(Schema):
    """An object within a request: known keys under our names, the rest left out."""

    aliases: Aliases = {}
    error_messages = {"type": complaint("type", "This must be an object!")}

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def rename(self, sent: Any, **_: Any) -> Any:
        """Return an object under our names; anything else is left for the schema to refuse."""
        return renamed(sent, self.aliases) if isinstance(sent, Mapping) else sent


class Pagination(_Part):
    """The number and size of a page. Source: docs/api/pims.md, Pagination."""

    aliases = PAGINATION
    pageSize = WholeNumber(1, PAGE_SIZE_MAX, load_default=PAGE_SIZE_DEFAULT)  # noqa: N815
    pageNum = WholeNumber(1, PAGE_NUMBER_MAX, load_default=1)  # noqa: N815


class _Direction(Text):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        direction = super()._deserialize(value, attr, data).upper()
        if direction not in ("ASC", "DESC", ""):
            raise ValidationError(complaint("range", "The direction must be ASC or DESC!"))
        return direction


class Order(_Part):
    """One attribute to sort by. Source: docs/api/pims.md, Order."""

    aliases = ORDER
    attribute = Text(
        required=True,
        error_messages={
            "required": complaint("required", "An order entry needs the name of an attribute!"),
            "null": complaint("required", "An order entry needs the name of an attribute!"),
        },
    )
    direction = _Direction()


class HistoryOrder(_Part):
    """Whether the newest entry comes first."""

    aliases = ORDER
    direction = _Direction()


class ReadingParams(_Part):
    """The params of every reading action."""

    aliases = PARAMS
    attributes = TextList(ATTRIBUTES_SHOWN_MAX, load_default=None)
    omitEmpty = Flag()  # noqa: N815
    definition = Flag(load_default=True)


class ListParams(ReadingParams):
    """The params of getList."""

    cat_id = WholeNumber(0, _CATEGORY_ID_MAX, load_default=0)
    filter_values = Object()
    filters = fields.Raw(load_default=None)  # names only; filter_values says what counts
    condition_query = Text(load_default=None)
    order = PartList(Order, "order", ORDER_MAX)
    pagination = Part(Pagination, "pagination")
    after = Text(load_default=None)
    explain = Flag()
    explain_sku = Text()
    search = Text()
    includeDeleted = Flag()  # noqa: N815
    includeVariants = Flag()  # noqa: N815
    includeChildren = Flag()  # noqa: N815


class HistoryParams(ReadingParams):
    """The params of historyProduct."""

    pagination = Part(Pagination, "pagination")
    user = Text()
    order = PartList(HistoryOrder, "order", ORDER_MAX)


class ListProductRequest(_Part):
    """Body of listProduct; without a SKU it answers with the definition alone."""

    sku = Text(load_default=None)
    params = Part(ReadingParams, "params")


class ListProductsBySkuRequest(_Part):
    """Body of listProductsBySku."""

    aliases = {"skus": ("sku_list",), "includeDeleted": PARAMS["includeDeleted"]}
    skus = TextList(
        SKUS_MAX,
        required=True,
        validate=validate.Length(min=1, error=complaint("required", "The SKU list is empty!")),
        error_messages={
            "long": complaint("limit", f"At most {SKUS_MAX} SKUs at a time!"),
            "required": complaint("required", "SKU list is not provided!"),
            "null": complaint("required", "SKU list is not provided!"),
            "invalid": complaint("type", "List of SKUs should be an ARRAY!"),
        },
    )
    includeDeleted = Flag()  # noqa: N815
    params = Part(ReadingParams, "params")

    @pre_load
    def rename(self, sent: Any, **_: Any) -> Any:
        body = renamed(sent, self.aliases)
        if "skus" not in body and isinstance(body.get("sku"), list):
            return {**body, "skus": body["sku"]}
        return body


class GetListRequest(_Part):
    """Body of getList."""

    params = Part(ListParams, "params")


class BatchRequest(_Part):
    """Body of batch, and the first line of a stream of rows."""

    mode = OneOf([mode.value for mode in Mode], load_default=Mode.PER_ROW.value)
    reply = OneOf([REPLY_SHORT, REPLY_FULL], load_default=REPLY_SHORT)
    pauseReIndexing = Flag()  # noqa: N815
    dry_run = Flag()
    params = Part(ReadingParams, "params")


class HistoryRequest(_Part):
    """Body of historyProduct."""

    sku = ProductSku()
    params = Part(HistoryParams, "params")


class SaveProductRequest(_Part):
    """Body of createProduct and editProduct."""

    sku = ProductSku()
    data = Object()
    pauseReIndexing = Flag()  # noqa: N815
    strict = Flag()
    dry_run = Flag()
    if_version = WholeNumber(1, _VERSION_MAX, load_default=None)
    product_type = Text(load_default=None)
    createMissing = TextList(_MISSING_MAX, load_default=list)  # noqa: N815
    params = Part(ReadingParams, "params")


@dataclass(slots=True)
class Request:
    """A body that was read: its values under our names, every fault and warning so far."""

    values: dict[str, Any]
    faults: list[Fault]
    warnings: list[Fault]
    suggestions: Suggestions = field(default_factory=Suggestions)

    @property
    def params(self) -> dict[str, Any]:
        """The params that were sent, with defaults for the rest."""
        found: dict[str, Any] = self.values.get("params", {})
        return found


LIST_PRODUCT = ListProductRequest()
LIST_PRODUCTS_BY_SKU = ListProductsBySkuRequest()
GET_LIST = GetListRequest()
SAVE_PRODUCT = SaveProductRequest()
HISTORY_PRODUCT = HistoryRequest()
BATCH = BatchRequest()


def read_request(
    schema: Schema,
    body: Mapping[str, Any],
    suggestions: Suggestions | None = None,
    usual: Mapping[str, Any] | None = None,
) -> Request:
    """Return the request of a body. Unknown keys inside params become warnings.

    suggestions: given where the body is one of many in a request. usual: as of `load`.
    """
    values, faults = load(schema, body, usual)
    request = Request(values, faults, [], suggestions or Suggestions())
    sent = body.get("params")
    if isinstance(sent, Mapping):
        params: Any = schema.fields["params"]
        request.warnings += unknown_params(sent, params.schema.fields, request.suggestions)
    return request


class SaveReader:
    """A reader of the bodies of writes. defaults: values of params that a body does not send.

    faults: what is wrong with the defaults themselves.
    """

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        usual = read_request(SAVE_PRODUCT, {"sku": "-", **defaults})
        self._usual = {name: value for name, value in usual.values.items() if name != "sku"}
        self.faults = usual.faults

    def read(self, body: Mapping[str, Any], suggestions: Suggestions | None = None) -> Request:
        """Return the request of a body."""
        return read_request(SAVE_PRODUCT, body, suggestions, self._usual)


SAVE_READER = SaveReader({})
