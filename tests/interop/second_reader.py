#!/usr/bin/env python3
"""Verifies a repository made by git-qms without git-qms: docs/spec/verification.md, written anew.

    second_reader.py [--trust-root DIGEST] [--strict] [--checkpoint FILE] REPOSITORY

Prints one JSON object; exits 0 (pass), 1 (fail) or 2 (incomplete, or it could not be read).
Needs git and, from PyPI, cryptography.
"""

import argparse
import json
import subprocess
import sys

from reader.verify import Verification, to_json

EXIT = {"pass": 0, "fail": 1, "incomplete": 2}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repository")
    parser.add_argument("--trust-root", metavar="DIGEST", help="digest of the first trust version")
    parser.add_argument("--strict", action="store_true", help="without a pinned root the answer is incomplete")
    parser.add_argument("--checkpoint", metavar="FILE", help="JSON object with project, trust and ledger")
    arguments = parser.parse_args()
    try:
        checkpoint = None
        if arguments.checkpoint:
            with open(arguments.checkpoint, encoding="utf-8") as file:
                checkpoint = json.load(file)
        report = Verification(arguments.repository, arguments.trust_root, arguments.strict, checkpoint).report()
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        print(f"second_reader: {error}", file=sys.stderr)
        return 2
    print(to_json(report))
    return EXIT[report["result"]]


if __name__ == "__main__":
    sys.exit(main())
