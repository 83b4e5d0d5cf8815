"""What is handed to pipelines has the form that their systems ask for, by the schemas that check-jsonschema brings."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent


def check(schema, file, *options):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *options, str(file)]
    return subprocess.run(command, capture_output=True, text=True)


def job(template):
    """The second document of a component, with every input as it is by default: what GitLab makes of it."""
    head, body = template.split("\n---\n")
    defaults = dict(re.findall(r"^    (\w+):\n(?:      description: .*\n)?      default: (.*)$", head, re.M))
    return re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: defaults[found[1]], body)


class Pipelines(unittest.TestCase):
    def assertValid(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_action_and_its_workflow(self):
        self.assertValid(check("github-actions", ROOT / "action.yml"))
        self.assertValid(check("github-workflows", ROOT / "pipelines" / "github.yml"))

    def test_the_component(self):
        body = job((ROOT / "templates" / "git-qms.yml").read_text())
        self.assertNotIn("$[[", body)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "job.yml"
            file.write_text(body)
            self.assertValid(check("gitlab-ci", file, "--data-transform", "gitlab-ci"))
            file.write_text(body.replace("  stage: ", "  stages: "))
            self.assertNotEqual(check("gitlab-ci", file, "--data-transform", "gitlab-ci").returncode, 0)

    def test_every_input_of_the_action_is_handed_on(self):
        text = (ROOT / "action.yml").read_text()
        inputs = re.findall(r"^  ([a-z-]+):\n    description", text, re.M)
        self.assertGreater(len(inputs), 7)
        for name in inputs:
            self.assertIn("${{ inputs.%s }}" % name, text)


if __name__ == "__main__":
    unittest.main()
