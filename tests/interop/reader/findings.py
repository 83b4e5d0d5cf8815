"""What verification has to say. Codes and weights are those of docs/spec/verification.md, section 9."""

INFO, WARNING, INCOMPLETE, ERROR = "info", "warning", "incomplete", "error"
WEIGHTS = {
    "line-restored": WARNING, "void-line-removed": WARNING, "note-disordered": WARNING, "note-large": WARNING,
    "trust-not-pinned": WARNING, "continuity-claimed": WARNING, "archive-missing": INCOMPLETE,
    "not-read": WARNING, "object-missing": INCOMPLETE, "clone-incomplete": INCOMPLETE,
    "supersedes-void": WARNING, "files-path": WARNING,
    "file-expunged": INFO, "orphaned": INFO, "unverifiable": INFO, "ended-retroactively": INFO, "known": INFO,
}  # fmt: skip


class Findings(list):
    def add(self, code, message, ref=None, commit=None, record=None, severity=None):
        found = {"code": code, "severity": severity or WEIGHTS.get(code, ERROR), "message": message}
        found |= {name: value for name, value in (("ref", ref), ("commit", commit), ("record", record)) if value}
        self.append(found)

    def result(self) -> str:
        """An error outweighs incompleteness."""
        severities = {finding["severity"] for finding in self}
        return "fail" if ERROR in severities else "incomplete" if INCOMPLETE in severities else "pass"
