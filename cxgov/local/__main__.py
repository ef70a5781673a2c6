"""`python -m cxgov.local run | test [pytest's arguments] | check | reset`; the Makefile's commands."""

import sys

from cxgov.local.place import remove
from cxgov.local.run import run
from cxgov.local.state import State, Trouble, data_folder
from cxgov.local.suite import check, test


def main(command: str = "", *arguments: str) -> int:
    if command == "run":
        return run()
    if command == "test":
        return test(*arguments)
    if command == "check":
        return check()
    if command == "reset":
        return reset()
    raise Trouble(str(__doc__))


def reset() -> int:
    """Forget everything, after asking the person at the terminal."""
    folder = data_folder()
    if not folder.exists():
        print(f"There is nothing in {folder}.")
        return 0
    state = State(folder)
    if not state.take():
        raise Trouble("cxgov is running. Stop it with Ctrl-C first.")
    print(f"This deletes the database, the queue, the mail and the logs in {folder}. Type yes to go on: ", end="", flush=True)
    if sys.stdin.readline().strip() != "yes":
        print("Nothing was deleted.")
        return 1
    remove(state)
    print("Deleted. The next make run starts anew.")
    return 0


if __name__ == "__main__":
    try:
        code = main(*sys.argv[1:])
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
