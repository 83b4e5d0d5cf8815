#!/usr/bin/env python3
"""Reads every envelope of a repository with the libraries of others: securesystemslib and in-toto-attestation.

    check_envelopes.py REPOSITORY

Each line of refs/notes/qms and each trust.json has to verify as DSSE by the keys that the trust lists, each
statement has to parse with in-toto's own classes. Nothing else is checked: second_reader.py does that.
Prints one JSON object; exits 0 or 1.
"""

import base64
import collections
import json
import subprocess
import sys

import typed
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from reader import ed25519


def git(repository, *arguments) -> bytes:
    return subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True).stdout


def blobs(repository, commit):
    for row in git(repository, "ls-tree", "-r", commit).decode().splitlines():
        yield row.split("\t")[1], git(repository, "cat-file", "blob", row.split()[2])


def trust_files(repository):
    for commit in git(repository, "rev-list", "--reverse", "refs/qms/trust").decode().split():
        yield commit, dict(blobs(repository, commit))["trust.json"]


def keys_of(files):
    keys = {}
    for _, stored in files:
        for member in json.loads(base64.b64decode(json.loads(stored)["payload"]))["members"]:
            for text in member["keys"]:
                raw = ed25519.key_bytes(text)
                keyid = ed25519.fingerprint(raw)
                keys[keyid] = SSlibKey(keyid, "ed25519", "ed25519", {"public": raw.hex()})
    return list(keys.values())


def check(repository) -> dict:
    files = list(trust_files(repository))
    keys, read, problems = keys_of(files), collections.Counter(), []
    envelopes = [(commit, stored, False) for commit, stored in files]
    for path, note in blobs(repository, "refs/notes/qms"):
        envelopes += [(path.replace("/", ""), line, True) for line in note.splitlines() if line]
    for where, data, statement in envelopes:
        try:
            envelope = Envelope.from_dict(json.loads(data))
            envelope.verify(keys, threshold=1)
            read[typed.check(envelope.payload) if statement else envelope.payload_type] += 1
        except (ValueError, KeyError, TypeError, VerificationError, typed.json_format.ParseError) as error:
            problems.append({"commit": where, "message": f"{type(error).__name__}: {error}"})
    return {"result": "fail" if problems or not read else "pass", "read": dict(read), "problems": problems}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    report = check(sys.argv[1])
    print(json.dumps(report, indent=2))
    return 0 if report["result"] == "pass" else 1


if __name__ == "__main__":
    sys.exit(main())
