"""Run the command line: `python -m coach`."""

from coach.cli.main import main

if __name__ == "__main__":
    main(prog_name="python -m coach")
