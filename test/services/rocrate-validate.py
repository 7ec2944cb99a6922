"""Validates an RO-Crate without a network: `rocrate-validate.py FOLDER SEVERITY`. Prints its issues as JSON.

The one document that the validator wants is the context, and the Python library brings the newest one, in which the
terms of the earlier ones mean the same. Every other question is an error of this script.
"""

import json
import sys
from pathlib import Path

import requests
import rocrate
from requests.adapters import HTTPAdapter

# The validator logs to stdout.
answer, sys.stdout = sys.stdout, sys.stderr
context = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()


def send_nowhere(self, request, **options):
    if request.url not in [f"https://w3id.org/ro/crate/{version}/context" for version in ("1.1", "1.2")]:
        raise RuntimeError("not to be asked: " + request.url)
    response = requests.Response()
    response.status_code = 200
    response.url = request.url
    response.request = request
    response.headers["Content-Type"] = "application/ld+json"
    response._content = context
    return response


HTTPAdapter.send = send_nowhere

from rocrate_validator import services  # noqa: E402
from rocrate_validator.models import Severity  # noqa: E402

folder, severity = sys.argv[1:]
result = services.validate(
    {
        "rocrate_uri": folder,
        "profile_identifier": "ro-crate-1.2",
        "requirement_severity": Severity.get(severity.upper()),
        "no_cache": True,
        "skip_availability_check": True,
    }
)
issues = [
    {"severity": issue.severity.name, "check": issue.check.identifier, "message": issue.message}
    for issue in result.get_issues(Severity.OPTIONAL)
]
print(json.dumps({"passed": result.passed(), "checks": len(result.executed_checks), "issues": issues}), file=answer)
