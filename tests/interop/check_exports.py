#!/usr/bin/env python3
"""Reads exports with the tools that they are for.

    check_exports.py in-toto REPOSITORY FILE    securesystemslib and in-toto-attestation: every envelope and statement
    check_exports.py oscal FILE                 compliance-trestle: OSCAL assessment results, and that every reference leads somewhere
    check_exports.py guide LAKE PAGE            DuckDB: what each query of a page answers
    check_exports.py duckdb FOLDER              DuckDB: all.csv, all.jsonl and the partitions in lake/, and whether they say the same

Prints one JSON object; exits 0 or 1.
"""

import json
import os
import re
import sys


def in_toto(repository, file) -> dict:
    import typed
    from check_envelopes import keys_of, trust_files
    from securesystemslib.dsse import Envelope

    keys, kinds = keys_of(trust_files(repository)), []
    with open(file, "rb") as lines:
        for line in lines:
            envelope = Envelope.from_dict(json.loads(line))
            envelope.verify(keys, threshold=1)
            kinds.append(typed.check(envelope.payload))
    return {"result": "pass" if kinds else "fail", "statements": len(kinds), "types": sorted(set(kinds))}


def oscal(file) -> dict:
    from trestle.oscal.assessment_results import Model

    with open(file, encoding="utf-8") as text:
        raw = json.load(text)
    Model.model_validate(raw)
    told, text = raw["assessment-results"], json.dumps(raw)
    ids = re.findall(r'"uuid": "([^"]+)"', text)
    named = set(re.findall(r'"(?:href": "#|[a-z]+-uuid": "|party-uuids": \["?)([0-9a-f-]{36})"', text))
    problems = [f"twice: {one}" for one in set(ids) if ids.count(one) > 1] + [f"nowhere: {one}" for one in named - set(ids)]
    findings = [finding for result in told["results"] for finding in result.get("findings", [])]
    return {
        "result": "fail" if problems else "pass",
        "problems": problems,
        "version": told["metadata"]["oscal-version"],
        "results": len(told["results"]),
        "states": {finding["target"]["target-id"]: finding["target"]["status"]["state"] for finding in findings},
        "risks": [risk["title"] for result in told["results"] for risk in result.get("risks", [])],
        "attested": [party["name"] for party in told["metadata"].get("parties", [])],
    }


def unescaped(cell):
    """What a CSV cell shows of control characters, as the characters."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), cell) if isinstance(cell, str) else cell


def duckdb(folder) -> dict:
    import duckdb

    os.chdir(os.path.join(folder, "lake"))
    db = duckdb.connect()
    with open("tables.sql", encoding="utf-8") as sql:
        db.execute(sql.read())
    columns = [(name, kind) for name, kind, *_ in db.execute("DESCRIBE records").fetchall() if name != "month"]
    names = ", ".join(name for name, _ in columns)
    declared = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns) + "}"
    unguarded = ", ".join(
        f"CASE WHEN {name} LIKE '''%' THEN substr({name}, 2) ELSE {name} END" if kind == "VARCHAR" else name for name, kind in columns
    )
    sources = {
        "lake": f"SELECT {names} FROM records",
        "jsonl": f"SELECT {names} FROM read_json('../all.jsonl', columns = {declared})",
        "csv": f"SELECT {unguarded} FROM read_csv('../all.csv', columns = {declared}, header = true)",
    }
    rows = {name: db.execute(sql).fetchall() for name, sql in sources.items()}
    rows["csv"] = [tuple(map(unescaped, row)) for row in rows["csv"]]
    rows = {name: sorted(map(repr, found)) for name, found in rows.items()}
    views = {
        name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for (name,) in db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    }
    same = rows["lake"] == rows["jsonl"] == rows["csv"]
    passed = db.execute("SELECT sum(tests_passed), typeof(any_value(recorded_at)) FROM records").fetchone()
    differ = [pair for one in ("jsonl", "csv") for pair in zip(rows["lake"], rows[one]) if pair[0] != pair[1]]
    return {
        "result": "pass" if same and rows["lake"] else "fail",
        "rows": len(rows["lake"]),
        "views": views,
        "passed": list(map(str, passed)),
        "differ": differ[:1],
    }


def guide(lake, page) -> dict:
    import duckdb

    with open(page, encoding="utf-8") as text:
        queries = re.findall(r"```sql\n(.*?)```", text.read(), re.DOTALL)
    os.chdir(lake)
    db = duckdb.connect()
    with open("tables.sql", encoding="utf-8") as sql:
        db.execute(sql.read())
    answers = [[list(map(str, row)) for row in db.execute(query).fetchall()] for query in queries]
    return {"result": "pass" if answers and all(answers) else "fail", "answers": answers}


def main() -> int:
    checks = {"in-toto": (in_toto, 2), "oscal": (oscal, 1), "duckdb": (duckdb, 1), "guide": (guide, 2)}
    check, count = checks.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, -1))
    if len(sys.argv) - 2 != count:
        print(__doc__, file=sys.stderr)
        return 2
    report = check(*sys.argv[2:])
    print(json.dumps(report, indent=2))
    return 0 if report["result"] == "pass" else 1


if __name__ == "__main__":
    sys.exit(main())
