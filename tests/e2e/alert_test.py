#!/usr/bin/env python3
"""`tidegate alert --test` against servers with certificates: what is checked, what is said, how it ends.

usage: alert_test.py TIDEGATE [unittest options]
"""

import email
import email.policy
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from receivers import Hook, Smtp, certificate, context_of  # noqa: E402

TIDEGATE = os.path.realpath(sys.argv[1])


class AlertTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        key, self.ca = certificate(self.folder, "ours", "IP:127.0.0.1")
        self.context = context_of(key, self.ca)
        (self.folder / "password").write_text("S3CR3T\n")

    def serve(self, server):
        self.addCleanup(server.server.close)
        return server

    def alert(self, config, *words):
        (self.folder / "t.toml").write_text(config)
        return subprocess.run([TIDEGATE, "alert", *(words or ("--test", "--config", str(self.folder / "t.toml")))],
                              capture_output=True, text=True, timeout=120, check=False)

    def mail(self, server, tls, ca=None):
        return f"""
[[alert]]
kind = "mail"
host = "127.0.0.1"
port = {server.port}
tls = "{tls}"
user = "bob"
password_file = "password"
from = "tidegate@example.org"
to = ["ops@example.org"]
timeout = 10
""" + (f'ca_file = "{ca}"\n' if ca else "")

    def test_all_went(self):
        smtp = self.serve(Smtp("starttls", self.context))
        implicit = self.serve(Smtp("implicit", self.context))
        hook = self.serve(Hook("200 OK", self.context))
        done = self.alert(self.mail(smtp, "starttls", self.ca) + self.mail(implicit, "implicit", self.ca) + f"""
[[alert]]
kind = "webhook"
url = "https://127.0.0.1:{hook.port}/S3CR3T"
ca_file = "{self.ca}"
[[alert]]
kind = "command"
command = ["/bin/sh", "-c", "cat > {self.folder}/told; echo thanks"]
""")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout, f"""\
mail to ops@example.org by 127.0.0.1 port {smtp.port}: sent: 250 2.0.0 queued as 4F1
mail to ops@example.org by 127.0.0.1 port {implicit.port}: sent: 250 2.0.0 queued as 4F1
webhook at https://127.0.0.1:{hook.port}: sent: HTTP/1.1 200 OK
command /bin/sh: sent: exit status 0: thanks
""")
        for server in smtp, implicit:
            mail = email.message_from_bytes(server.mails[0], policy=email.policy.default)
            self.assertEqual(mail.defects, [])
            self.assertEqual(mail["Subject"], f"[tidegate {socket.gethostname()}] notice: a test")
            self.assertEqual(mail["Auto-Submitted"], "auto-generated")
            self.assertEqual(mail["To"].addresses[0].addr_spec, "ops@example.org")
            self.assertIn("Somebody ran `tidegate alert --test`.", mail.get_content())
            self.assertNotIn(("AUTH", False), server.commands)
            self.assertIn(("AUTH", True), server.commands)
        told = json.loads((self.folder / "told").read_text())
        self.assertEqual(told, json.loads(hook.bodies[0]))
        self.assertEqual((told["kind"], told["count"]), ("test", 1))

    def test_a_certificate_of_somebody_else_is_refused(self):
        _, other = certificate(self.folder, "other", "IP:127.0.0.1")
        smtp = self.serve(Smtp("starttls", self.context))
        implicit = self.serve(Smtp("implicit", self.context))
        hook = self.serve(Hook("200 OK", self.context))
        done = self.alert(self.mail(smtp, "starttls") + self.mail(implicit, "implicit", other) +
                          f'[[alert]]\nkind = "webhook"\nurl = "https://127.0.0.1:{hook.port}/"\n')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count(": FAILED: "), 3, done.stdout)
        self.assertIn("ertificate", done.stdout)
        self.assertEqual(smtp.mails + implicit.mails + hook.bodies, [])
        self.assertNotIn("AUTH", [word for word, _ in smtp.commands + implicit.commands])

    def test_a_certificate_of_another_name_is_refused(self):
        key, cert = certificate(self.folder, "name", "DNS:mail.example.org")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        smtp = self.serve(Smtp("starttls", context))
        done = self.alert(self.mail(smtp, "starttls", cert))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(smtp.mails, [])

    def test_one_that_fails_keeps_it_from_no_other(self):
        no_tls = self.serve(Smtp("none", self.context))
        hook = self.serve(Hook("403 Forbidden"))
        done = self.alert(self.mail(no_tls, "starttls", self.ca) + f"""
[[alert]]
kind = "webhook"
url = "http://127.0.0.1:{hook.port}/S3CR3T"
[[alert]]
kind = "command"
command = ["/nonexistent/page"]
[[alert]]
kind = "command"
command = ["/bin/sleep", "1000"]
timeout = 1
[[alert]]
kind = "command"
command = ["/bin/true"]
""")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"FAILED: .*; the server said: ")
        self.assertIn("FAILED: HTTP/1.1 403 Forbidden", lines[1])
        self.assertIn("FAILED: cannot be started: No such file or directory", lines[2])
        self.assertIn("FAILED: did not end within 1000 ms and was killed", lines[3])
        self.assertEqual(lines[4], "command /bin/true: sent: exit status 0")
        self.assertNotIn("S3CR3T", done.stdout)
        self.assertEqual(no_tls.mails, [])

    def test_wrong_configuration_or_usage(self):
        done = self.alert('[[alert]]\nkind = "mail"\n')
        self.assertEqual(done.returncode, 2)
        self.assertIn("t.toml:1: an alert by mail without 'host'", done.stderr)
        done = self.alert("[serve]\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("has no [[alert]]", done.stderr)
        self.assertEqual(self.alert("", "--test", "--config", "/nonexistent").returncode, 2)
        self.assertEqual(self.alert("", "--config", str(self.folder / "t.toml")).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
