"""The schemas of the bodies of product actions.

Source: docs/api/pims.md, Request keys.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from pims_api.domain.page import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault
from pims_api.services.products.batch import Mode
from pims_api.services.products.save import CREATE, ONLY, UPDATE
from schemas.keys import KeyTable
from schemas.loading import Keyed, complaint, keys_of
from schemas.pims.body import ReadingBody, Request, UnknownKeys, WritingBody, read_request
from schemas.pims.fields import (
    Flag,
    MomentOf,
    NullIsAbsent,
    Object,
    OneOf,
    Part,
    PartList,
    PauseFlag,
    ProductSku,
    Text,
    TextList,
    TextsByName,
    WholeNumber,
)
from schemas.pims.names import ORDER, PAGINATION, PARAMS, PAUSE

SKUS_MAX = 500  # products one listProductsBySku may ask for
KNOWN_MAX = 10_000  # products it may compare with what the caller knows of them
PAGE_NUMBER_MAX = 10**12
SEARCH_LENGTH_MAX = 1_000  # characters
ORDER_MAX = 10  # attributes
CHANGES_MAX, CHANGES_DEFAULT = 500, 100  # products of one page of changes
WAIT_S_MAX = 30  # seconds for which changes may wait
REPLY_SHORT, REPLY_FULL = "short", "full"  # how much of each product a batch returns
ATTRIBUTES_SHOWN_MAX = 10_000  # that one request may name
TRANSACTION_MAX = 2**62
_MISSING_MAX = 10  # kinds of things that a write may make on the way
_CATEGORY_ID_MAX = 2**31 - 1
_VERSION_MAX = 2**62
_DOES = {"createProduct": CREATE, "editProduct": UPDATE}


class _Part(Keyed):
    """An object within a request."""

    error_messages = {"type": complaint("type", "This must be an object!")}


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


class ProductParams(ReadingParams):
    """The params of the actions that answer with products.

    Source: docs/api/pims.md, System fields and missing values.
    """

    system = Flag()
    missing = Flag()


class ReadProductParams(ProductParams):
    """The params of the actions that read products.

    Source: docs/api/pims.md, Checksums, Inherited values, As of a moment.
    """

    resolved = Flag()
    checksum = Flag()
    as_of = MomentOf(allow_none=False)


class ListParams(ReadProductParams):
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
    source_ref = Text()
    transaction = WholeNumber(0, TRANSACTION_MAX, load_default=None, allow_none=False)
    order = PartList(HistoryOrder, "order", ORDER_MAX)


class TransactionsParams(_Part):
    """The params of listTransactions."""

    aliases = PARAMS
    pagination = Part(Pagination, "pagination")
    user = Text()
    source_ref = Text()
    order = PartList(HistoryOrder, "order", ORDER_MAX)

    class Meta(Keyed.Meta):
        include = {one: MomentOf(allow_none=False) for one in ("from", "to")}  # a word of Python


class _Since(NullIsAbsent[Any]):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Any:
        if value is None:
            message = "since cannot be null: send 0 for everything there is, or leave it out!"
            raise ValidationError(complaint("range", message))
        return value


class ChangesParams(_Part):
    """The params of changes."""

    aliases = PARAMS
    since = _Since(load_default=None, allow_none=False)
    limit = WholeNumber(1, CHANGES_MAX, load_default=CHANGES_DEFAULT)
    wait = WholeNumber(0, WAIT_S_MAX, load_default=0)
    old = Flag()
    checksum = Flag()
    attributes = TextList(ATTRIBUTES_SHOWN_MAX, load_default=None)
    omitEmpty = Flag()  # noqa: N815
    cat_id = WholeNumber(0, _CATEGORY_ID_MAX, load_default=0)
    filter_values = Object()
    condition_query = Text(load_default=None)
    includeChildren = Flag()  # noqa: N815
    includeDeleted = Flag()  # noqa: N815


class ListProductRequest(ReadingBody):
    """Body of listProduct; without a SKU it answers with the definition alone."""

    sku = Text(load_default=None)
    params = Part(ReadProductParams, "params")


class ListProductsBySkuRequest(ReadingBody):
    """Body of listProductsBySku with the SKUs of products."""

    aliases = {"skus": ("skuList",), "includeDeleted": PARAMS["includeDeleted"]}
    passed_over: tuple[str, ...] = (*ReadingBody.passed_over, "known")
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
    params = Part(ReadProductParams, "params")


class ComparisonRequest(ListProductsBySkuRequest):
    """Body of listProductsBySku with the checksums that are known, by SKU."""

    passed_over = ReadingBody.passed_over
    skus = TextList(SKUS_MAX, load_default=None)
    known = TextsByName(KNOWN_MAX, load_default=None)


class GetListRequest(ReadingBody):
    """Body of getList."""

    params = Part(ListParams, "params")


class HistoryRequest(ReadingBody):
    """Body of historyProduct."""

    sku = ProductSku()
    params = Part(HistoryParams, "params")


class TransactionsRequest(ReadingBody):
    """Body of listTransactions."""

    params = Part(TransactionsParams, "params")


class ChangesRequest(ReadingBody):
    """Body of changes."""

    params = Part(ChangesParams, "params")


class RowRequest(ReadingBody):
    """A row of a batch: a body of createProduct or editProduct, without what is of the batch."""

    aliases = PAUSE
    sku = ProductSku()
    data = Object(KeyTable(["attributes"]))
    pauseReIndexing = PauseFlag()  # noqa: N815
    if_version = WholeNumber(1, _VERSION_MAX, load_default=None, allow_none=False)
    product_type = Text(load_default=None)
    createMissing = TextList(_MISSING_MAX, load_default=list, allow_none=False)  # noqa: N815
    only = OneOf(ONLY, load_default="", allow_none=False)  # type: ignore[assignment] # no class attribute stays
    restore = Flag(allow_none=False)
    params = Part(ProductParams, "params")


class SaveProductRequest(WritingBody, RowRequest):
    """Body of createProduct, editProduct and saveProduct."""


class StreamHead(WritingBody):
    """The first line of a stream of rows: what holds for all of them."""

    aliases = PAUSE
    mode = OneOf([mode.value for mode in Mode], load_default=Mode.PER_ROW.value, allow_none=False)
    reply = OneOf([REPLY_SHORT, REPLY_FULL], load_default=REPLY_SHORT)
    pauseReIndexing = PauseFlag()  # noqa: N815
    createMissing = TextList(_MISSING_MAX, load_default=None, allow_none=False)  # noqa: N815
    only = OneOf(ONLY, load_default="", allow_none=False)  # type: ignore[assignment] # no class attribute stays
    restore = Flag(allow_none=False)
    params = Part(ReadingParams, "params")


class BatchRequest(StreamHead):
    """Body of batch. Its actions are read row by row."""

    passed_over: tuple[str, ...] = (*StreamHead.passed_over, "actions")


LIST_PRODUCT = ListProductRequest()
LIST_PRODUCTS_BY_SKU = ListProductsBySkuRequest()
COMPARE_PRODUCTS = ComparisonRequest()
GET_LIST = GetListRequest()
SAVE_PRODUCT = SaveProductRequest()
ROW = RowRequest()
HISTORY_PRODUCT = HistoryRequest()
LIST_TRANSACTIONS = TransactionsRequest()


CHANGES = ChangesRequest()
BATCH = BatchRequest()
STREAM_HEAD = StreamHead()


def read_skus(body: Mapping[str, Any]) -> Request:
    """Return the request of listProductsBySku, whose list may be called sku."""
    if isinstance(body.get("sku"), list) and "skus" not in body:
        body = {("skus" if name == "sku" else name): value for name, value in body.items()}
    if body.get("known") is None:
        return read_request(LIST_PRODUCTS_BY_SKU, body)
    request = read_request(COMPARE_PRODUCTS, body)
    if request.values.get("skus") is not None:
        message = "known stands instead of skus: send one of them!"
        request.faults.append(Fault("range", message, pointer="/known"))
    return request


_SAVE_USUAL, _ROW_USUAL = (
    {name: value for name, value in read_request(one, {"sku": "-"}).values.items() if name != "sku"}
    for one in (SAVE_PRODUCT, ROW)
)


def read_save(body: Mapping[str, Any]) -> Request:
    """Return the request of createProduct, editProduct or saveProduct."""
    return _within_only(read_request(SAVE_PRODUCT, body, usual=_SAVE_USUAL), body)


def _within_only(request: Request, body: Mapping[str, Any]) -> Request:
    """Add a fault where the action of a body is never what its `only` lets it do."""
    only, action = request.values.get("only"), body.get("action")
    if only and only != _DOES.get(str(action), only):
        message = f"only says {only}: {action} is not that!"
        request.faults.append(Fault("range", message, pointer="/only"))
    return request


OF_HEAD = keys_of(STREAM_HEAD).spelled.keys() - keys_of(ROW).spelled.keys()


class RowRequestReader:
    """A reader of the rows of one batch. usual: values that hold for rows without them."""

    def __init__(self, usual: Mapping[str, Any]) -> None:
        self._usual = {**_ROW_USUAL, **usual}
        self._unknown = UnknownKeys(OF_HEAD)

    def read(self, body: Mapping[str, Any], suggestions: Suggestions | None = None) -> Request:
        """Return the request of a row."""
        return _within_only(read_request(ROW, body, suggestions, self._usual, self._unknown), body)
