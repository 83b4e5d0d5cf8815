#!/usr/bin/env python3
"""Verifies a repository made by git-qms without git-qms: docs/spec/verification.md, written anew.

    second_reader.py [--trust-root DIGEST] [--strict] [--checkpoint FILE]… [--witness FILE.pub]… REPOSITORY

Prints one JSON object; exits 0 (pass), 1 (fail) or 2 (incomplete, or it could not be read).
Needs git and, from PyPI, cryptography.
"""

import argparse
import pathlib
import subprocess
import sys

from reader import ed25519
from reader.outside import Checkpoint
from reader.verify import Verification, to_json

EXIT = {"pass": 0, "fail": 1, "incomplete": 2}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repository")
    parser.add_argument("--trust-root", metavar="DIGEST", help="digest of the first trust version")
    parser.add_argument("--strict", action="store_true", help="without a pinned root the answer is incomplete")
    parser.add_argument("--checkpoint", metavar="FILE", action="append", default=[], help="all it saw has to be here")
    parser.add_argument("--witness", metavar="FILE", action="append", default=[], help="public key of who has to have signed")
    arguments = parser.parse_args()
    try:
        checkpoints = [Checkpoint(pathlib.Path(file).read_bytes()) for file in arguments.checkpoint]
        witnesses = [ed25519.key_bytes(" ".join(pathlib.Path(file).read_text().split()[:2])) for file in arguments.witness]
        verification = Verification(arguments.repository, arguments.trust_root, arguments.strict, checkpoints, witnesses)
        report = verification.report()
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        print(f"second_reader: {error}", file=sys.stderr)
        return 2
    print(to_json(report))
    return EXIT[report["result"]]


if __name__ == "__main__":
    sys.exit(main())
