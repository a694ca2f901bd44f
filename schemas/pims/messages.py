"""Messages of PIMS that replace those of the core. Source: docs/api/pims.md, Errors."""

from pims_api.errors import Fault, Subject
from pims_api.wording import WORDINGS, Wordings

START_AGAIN = 'send the next of a page as it came, or "" to start from the beginning'

_AFTER = f"params.after does not lead to a place in this list: {START_AGAIN}!"
_PATH = "Send the path of the category, or its name and cat_parent_id!"

_PIMS = Wordings(
    by_place={**WORDINGS.by_place, ("range", "page/after"): _AFTER},
    by_subject={
        **WORDINGS.by_subject,
        ("required", Subject.CATEGORY_PATH): _PATH,
        ("exists", Subject.CATEGORY_CONTENT): ("or force it to", "or send force: true to"),
        ("read_only", Subject.REQUIRED): ("what it requires", "required"),
    },
)


def worded(fault: Fault) -> Fault:
    """Return a fault with PIMS's message."""
    return _PIMS.worded(fault)
