"""ZIP archives that no honest program makes: their directories say what one wants."""

import struct
import zlib
from dataclasses import dataclass


@dataclass
class Entry:
    """packed: the bytes in the file. size: what the directory says they unpack to."""

    name: str
    packed: bytes
    size: int
    method: int = zlib.DEFLATED
    flags: int = 0
    crc: int = 0


def deflated(entry_name: str, content: bytes, **said) -> Entry:
    """Return an honest entry, but for what is said otherwise."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(content) + packer.flush()
    fields = {"size": len(content), "crc": zlib.crc32(content)} | said
    return Entry(entry_name, packed, **fields)


def gigabyte() -> bytes:
    """Return about a megabyte that unpacks into a gigabyte of spaces."""
    packer = zlib.compressobj(wbits=-15)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * 2**10 + packer.flush()


def crafted(entries: list[Entry], *, overlapping: bool = False) -> bytes:
    """Return an archive of these entries, each on its own or all over the first one's bytes."""
    body, directory = bytearray(), bytearray()
    for entry in entries:
        name = entry.name.encode()
        fields = (20, entry.flags, entry.method, 0, 0, entry.crc, len(entry.packed), entry.size)
        head = struct.pack("<5H3L2H", *fields, len(name), 0)
        at = 0 if overlapping else len(body)
        directory += b"PK\1\2" + struct.pack("<H", 20) + head
        directory += struct.pack("<3H2L", 0, 0, 0, 0, at) + name
        if not (overlapping and body):
            body += b"PK\3\4" + head + name + entry.packed
    count = len(entries) % 2**16  # what readers do not look at
    end = struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body) + bytes(directory) + b"PK\5\6" + end
