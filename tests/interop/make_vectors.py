#!/usr/bin/env python3
"""Writes tests/vectors/*.json. Run it after a change of the format; the result is committed.

The vectors come from this second implementation, so that git-qms agrees with them only if both
read the specification alike.
"""

import json
import pathlib

from vectors import envelopes, statements, texts, trusts

OUT = pathlib.Path(__file__).parent.parent / "vectors"
GROUPS = {
    "envelope": envelopes.envelopes,
    "strict-json": texts.strict_json,
    "statement": statements.statements,
    "key": texts.keys,
    "name": texts.names,
    "trust": trusts.trusts,
}


def main():
    OUT.mkdir(exist_ok=True)
    for group, make in GROUPS.items():
        vectors = list(make())
        assert len({entry["name"] for entry in vectors}) == len(vectors), f"{group}: a name occurs twice"
        (OUT / f"{group}.json").write_text(json.dumps(vectors, indent=1) + "\n")
        print(f"{group}: {len(vectors)}")


if __name__ == "__main__":
    main()
