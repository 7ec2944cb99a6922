"""Lets clients of research repositories talk to a test server as if it were the hosts that they know.

The first argument maps hosts to addresses (JSON), the second names the client, the rest is its own. Prints JSON.
"""

import hashlib
import io
import json
import sys
import tempfile
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

hosts = json.loads(sys.argv[1])
send = HTTPAdapter.send


def send_there(self, request, **options):
    asked = request.url
    parts = urlsplit(asked)
    there = hosts.get(parts.netloc)
    if there is None and parts.hostname != "127.0.0.1":
        raise RuntimeError("not to be asked: " + asked)
    if there is not None:
        request.url = there + asked[len(parts.scheme) + 3 + len(parts.netloc):].lstrip("/")
    response = send(self, request, **options)
    response.url = request.url = asked
    return response


HTTPAdapter.send = send_there


def pooch_(doi):
    """Every file that the DOI leads to, with the checksum that the host says, fetched and checked by pooch itself."""
    import pooch

    pooch.get_logger().setLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        data = pooch.create(path=folder, base_url="doi:" + doi)
        data.load_registry_from_doi()
        files = {}
        for name in sorted(data.registry):
            try:
                with open(data.fetch(name), "rb") as file:
                    files[name] = {"said": data.registry[name], "sha256": hashlib.sha256(file.read()).hexdigest()}
            except ValueError as error:
                files[name] = {"said": data.registry[name], "error": str(error).split("(")[0].strip()}
        return files


class Written(io.BytesIO):
    mode = "wb"


def osf_(project):
    from osfclient import OSF

    files = {}
    for file in OSF().project(project).storage().files:
        written = Written()
        file.write_to(written)
        sha256 = hashlib.sha256(written.getvalue()).hexdigest()
        files[file.path.lstrip("/")] = {"said": file.hashes, "size": file.size, "sha256": sha256}
    return files


def oai_(paper):
    from sickle import Sickle

    record = Sickle("https://oaipmh.arxiv.org/oai").GetRecord(
        identifier="oai:arXiv.org:" + paper, metadataPrefix="arXivRaw"
    )
    raw = record.xml.find(".//{http://arxiv.org/OAI/arXivRaw/}arXivRaw")
    tag = "{http://arxiv.org/OAI/arXivRaw/}"
    return {
        "id": raw.findtext(tag + "id"),
        "license": raw.findtext(tag + "license"),
        "versions": [version.get("version") for version in raw.findall(tag + "version")],
    }


clients = {"pooch": pooch_, "osf": osf_, "oai": oai_}
print(json.dumps(clients[sys.argv[2]](*sys.argv[3:])))
