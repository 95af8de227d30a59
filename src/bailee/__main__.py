"""Run the command line: ``python -m bailee``."""

from bailee.cli import main

if __name__ == "__main__":
    main()
