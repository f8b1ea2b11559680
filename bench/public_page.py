"""The public page of a daemon that runs, with something that happens on it, for benchmarks of its readers."""

import contextlib
import re
import subprocess
import time

import live

CONF = """
[serve]
state = "{work}/state"
control = "{work}/control.sock"
import = false
[cases]
provider = "Example Mail"
zone = "Europe/Vienna"
[status]
listen = "127.0.0.1:{port}"
url = "http://127.0.0.1:{port}/"
provider = "Example Mail"
zone = "Europe/Vienna"
contact = "support@example.org"
static_folder = "{work}/static"
"""
SERVICES = {"imap": "Reading mail with a mail program (IMAP)", "pop3": "Reading mail with a mail program (POP3)",
            "submission": "Sending mail", "webmail": "Webmail"}
TITLE = "Reading mail is slow"


@contextlib.contextmanager
def shown(folder, work):
    """The daemon's process, once page and files (`work`/static/current) say what happens, and its port."""
    port = live.free_port()
    services = "".join(f'[[status_service]]\nname = "{name}"\nlabel = "{label}"\nwatches = ["{name}"]\n' for name, label in SERVICES.items())

    def ask(*words):
        done = subprocess.run([folder / "tidegate", *words, "--config", work / "tidegate.toml", "--author", "ada"], check=True,
                              capture_output=True, text=True)
        return done.stdout

    with live.tidegate(folder, work, CONF.format(work=work, port=port) + services) as process:
        case = re.search(r"case-\d+", ask("incident", "open", TITLE, "--service", "imap"))[0]
        ask("incident", "update", case, "Since 14:05 a log-in over IMAP takes 4 s instead of 0.3 s. Mail is queued, and none is lost.",
            "--meanwhile", "Use webmail.", "--next", "1h", "--publish")
        ask("incident", "update", case, "A disk is being replaced.", "--state", "mending", "--publish")
        page = work / "static/current/index.html"
        for _ in range(3000):
            if page.exists() and "A disk is being replaced." in page.read_text(encoding="utf-8"):
                break
            time.sleep(0.01)
        else:
            raise SystemExit(f"the page does not say what happens: {(work / 'daemon.log').read_text()}")
        yield process, port
