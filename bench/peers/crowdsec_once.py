#!/usr/bin/env python3
"""CrowdSec on one log, read once: Debian's package with the hub's Dovecot and Postfix parsers and scenarios.

usage: crowdsec_once.py LOG [--limit SECONDS]

Needs Debian's crowdsec, whose hub lies in /usr/share/crowdsec/hub. Runs from a temporary folder with a local API and
database of its own, without the central API, whitelists and enrichment but for dates.
"""

import argparse
import os
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measure  # noqa: E402

HUB = pathlib.Path("/usr/share/crowdsec/hub")
PARTS = ["parsers/s00-raw/crowdsecurity/syslog-logs.yaml", "parsers/s01-parse/crowdsecurity/dovecot-logs.yaml",
         "parsers/s01-parse/crowdsecurity/postfix-logs.yaml", "parsers/s01-parse/crowdsecurity/postscreen-logs.yaml",
         "parsers/s02-enrich/crowdsecurity/dateparse-enrich.yaml", "scenarios/crowdsecurity/dovecot-spam.yaml",
         "scenarios/crowdsecurity/postfix-spam.yaml"]
CONFIG = """common:
  daemonize: false
  log_media: stdout
  log_level: info
  working_dir: .
config_paths:
  config_dir: {etc}
  data_dir: {data}
  simulation_path: {etc}/simulation.yaml
  hub_dir: {hub}
  index_path: {hub}/.index.json
  notification_dir: {etc}/notifications
  plugin_dir: {etc}/plugins
crowdsec_service:
  acquisition_path: {etc}/acquis.yaml
  parser_routines: 1
cscli:
  output: human
db_config:
  log_level: info
  type: sqlite
  db_path: {data}/crowdsec.db
api:
  client:
    credentials_path: {etc}/local_api_credentials.yaml
  server:
    log_level: info
    listen_uri: 127.0.0.1:{port}
    profiles_path: {etc}/profiles.yaml
    console_path: {etc}/console.yaml
prometheus:
  enabled: false
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configure(folder):
    etc, data = folder / "etc", folder / "data"
    for place in (etc / "notifications", etc / "plugins", data):
        place.mkdir(parents=True)
    (folder / "hub").symlink_to(HUB)
    for part in PARTS:
        if (HUB / part).exists():
            place = etc / pathlib.Path(part).parent.parent / pathlib.Path(part).name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(HUB / part)
    (etc / "patterns").symlink_to("/etc/crowdsec/patterns")
    (etc / "profiles.yaml").write_bytes(pathlib.Path("/etc/crowdsec/profiles.yaml").read_bytes())
    for name, text in {"simulation.yaml": "simulation: off\n", "acquis.yaml": "", "console.yaml": "",
                       "local_api_credentials.yaml": ""}.items():
        (etc / name).write_text(text)
    port, config = free_port(), etc / "config.yaml"
    config.write_text(CONFIG.format(etc=etc, data=data, hub=HUB, port=port))
    add = ["cscli", "-c", config, "machines", "add", "bench", "-p", secrets.token_hex(8), "-f", etc / "local_api_credentials.yaml",
           "--url", f"http://127.0.0.1:{port}", "--force"]
    subprocess.run([str(word) for word in add], check=True, capture_output=True)
    return config


def replay(log, limit=900):
    lines = measure.count_lines(log)
    with tempfile.TemporaryDirectory(prefix="crowdsec-") as name:
        folder = pathlib.Path(name)
        config = configure(folder)
        said = folder / "said"
        words = ["crowdsec", "-c", config, "-no-capi", "-type", "syslog", "-dsn", f"file://{os.path.abspath(log)}"]
        with open(said, "wb") as output:
            cost = measure.run(words, limit, stdout=output, stderr=output, cwd=folder)
        text = said.read_text(errors="replace")
    if cost.status != 0:
        sys.stderr.write(f"crowdsec: exit status {cost.status}\n{text[-2000:]}\n")
    return {"tool": "CrowdSec", "lines": lines, "lines_per_second": lines / cost.seconds, "seconds": cost.seconds, "cpu": cost.cpu,
            "peak_kib": cost.peak_kib, "banned": len(set(re.findall(r"ban on Ip ([0-9a-f.:]+)", text))), "status": cost.status}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log")
    parser.add_argument("--limit", type=float, default=900, help="stop after so many seconds")
    options = parser.parse_args()
    for key, value in replay(options.log, options.limit).items():
        print(f"{key}: {value:,.2f}" if isinstance(value, float) else f"{key}: {value}")


if __name__ == "__main__":
    main()
