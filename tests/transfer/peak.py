"""Read the file named on the command line; tell the refusal, its seconds and the peak memory."""

import json
import resource
import sys
import time
from pathlib import Path

from pims_api.errors import BadInput
from pims_api.transfer.read import open_table

STATUS = Path("/proc/self/status")  # Linux


def peak_bytes() -> int:
    """Return the most memory that this program has had.

    `getrusage` also counts, on Linux, what the process had before it became this program.
    """
    if STATUS.exists():
        (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def refusal_of(path: str) -> str | None:
    """Return why the file is refused, None when it is not."""
    try:
        with open_table(path) as table:
            for _ in table.rows:
                pass
    except BadInput as error:
        return str(error)
    return None


def main() -> None:
    before, start = peak_bytes(), time.monotonic()
    message = refusal_of(sys.argv[1])
    told = {"seconds": time.monotonic() - start, "grown_bytes": peak_bytes() - before}
    sys.stdout.write(json.dumps(told | {"message": message}))


if __name__ == "__main__":
    main()
