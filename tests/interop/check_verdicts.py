#!/usr/bin/env python3
"""Reads what the gate says with the tools that it is said to.

    check_verdicts.py sarif FILE    pydantic-sarif, the classes of the OASIS schema of SARIF 2.1.0: nothing is of another type,
                                    and nothing is there that the schema does not have
    check_verdicts.py junit FILE    junitparser

Prints one JSON object; exits 0 or 1.
"""

import json
import sys


def sarif(file) -> dict:
    from pydantic_sarif import model

    with open(file, encoding="utf-8") as text:
        raw = json.load(text)
    # Its schema is of before the errata, where the status of a suppression (SARIF 2.1.0, 3.35.3) was called state.
    for one in (one for run in raw["runs"] for result in run["results"] for one in result.get("suppressions", [])):
        one["state"] = one.pop("status")
    # Raises where something is of another type, or is nothing that the schema has.
    model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(raw)
    run = raw["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    odd = [one["ruleId"] for one in run["results"] if rules[one["ruleIndex"]] != one["ruleId"]]
    return {
        "result": "fail" if odd else "pass",
        "misnumbered": odd,
        "rules": rules,
        "results": {one["ruleId"]: one["level"] for one in run["results"]},
    }


def junit(file) -> dict:
    from junitparser import JUnitXml

    read = JUnitXml.fromfile(file)
    suites = list(read) if type(read).__name__ == "JUnitXml" else [read]
    cases = {case.name: [type(one).__name__.lower() for one in case.result] for suite in suites for case in suite}
    told = {name: getattr(read, name) for name in ("tests", "failures", "errors", "skipped")}
    read.update_statistics()
    counted = {name: getattr(read, name) for name in told}
    return {"result": "pass" if told == counted and cases else "fail", "told": told, "counted": counted, "cases": cases}


def main() -> int:
    kind, file = sys.argv[1:]
    found = {"sarif": sarif, "junit": junit}[kind](file)
    print(json.dumps(found))
    return 0 if found["result"] == "pass" else 1


if __name__ == "__main__":
    sys.exit(main())
