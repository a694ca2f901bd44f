"""Pictures of a product: each is uploaded once, whatever became of the run that did it.

A shop uploads again whatever is sent by its address, and its own ids are known only by its answer.
So what is to be uploaded is noted before, with what the product has then: what it has besides at
the next look is what arrived.

Source: docs/channels.md, Pushing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pims_api.connectors.base import Known
from pims_api.connectors.shopify.remote_product import RemoteProduct, file_name

_AFTER = "after"  # begins a note; the files follow that the product had before the upload
_IMAGE = "/MediaImage/"


def sent_files(
    ours: Sequence[str], remote: RemoteProduct | None, known: Known, record_id: str
) -> list[dict[str, Any]]:
    """Return our media, each uploaded once, and those of others."""
    held = known_files(ours, remote, known, record_id)
    there = remote.media if remote is not None else ()
    sent = [
        {"id": held[source]} if held.get(source) in there else {"originalSource": source}
        for source in ours
    ]
    mine = set(held.values())
    return sent + [{"id": one} for one in there if one not in mine]


def noted_files(
    ours: Sequence[str], remote: RemoteProduct, known: Known, record_id: str
) -> dict[str, str]:
    """Return what is kept of our media before those are uploaded that the shop does not have."""
    held = known_files(ours, remote, known, record_id)
    note = " ".join([_AFTER, *remote.media])
    return held | {source: note for source in ours if held.get(source) not in remote.media}


def known_files(
    ours: Sequence[str], remote: RemoteProduct | None, known: Known, record_id: str
) -> dict[str, str]:
    """Return the shop's ids of our media by source, those too that a run uploaded which died."""
    notes = {source: one.split() for source, one in known.media.items() if _is_note(one)}
    held = {source: one for source, one in known.media.items() if source not in notes}
    if remote is None:
        return held
    if not (known.media or known.variants) and remote.record_id == record_id:
        notes = {source: [_AFTER] for source in ours}  # it died at the creation of the product
    taken = {*held.values(), *(number for note in notes.values() for number in note)}
    files = zip(remote.media, remote.media_names, strict=True)
    left = [(number, name) for number, name in files if number not in taken]
    for source in sorted(notes, key=lambda one: ours.index(one) if one in ours else len(ours)):
        same = next((one for one in left if _is_copy(*one, source)), None)
        if same is not None:
            left.remove(same)
            held[source] = same[0]
    return held


def written_files(
    sent: Mapping[str, Any], sources: Sequence[str], remote: RemoteProduct, known: Known
) -> dict[str, str]:
    """Return the shop's ids of our media, by source: the shop keeps them in the order sent."""
    if "files" not in sent:
        return dict(known.media)
    return dict(zip(sources, remote.media, strict=False))


def _is_note(text: str) -> bool:
    return text.partition(" ")[0] == _AFTER


def _is_copy(number: str, name: str, source: str) -> bool:
    """Return whether a file may be the one of a source: a shop adds to names that are taken.

    It tells no name of a picture that it has not looked at yet.
    """
    if not name:
        return _IMAGE in number
    return name.startswith(file_name(source).rpartition(".")[0] or file_name(source))
