"""`python -m pims_api` is the `pims` command."""

from pims_api.cli import main

if __name__ == "__main__":
    main()
