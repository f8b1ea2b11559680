#!/usr/bin/env python3
"""Real Dovecots and a real Postfix behind Tidegate's edge: clients find there what they find at the servers.

usage: servers_edge.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. The same clients (Python's, isync, swaks, and dialogues word for
word) go to the edge and past it, in the clear, with STARTTLS and over TLS; what they are told is compared. The servers'
logs and password database tell whom they think they speak with. servers_edge_storm.py has what happens in an attack.
Exit status 77 where it can't run.
"""

import hashlib
import itertools
import os
import pathlib
import re
import signal
import sys
import unittest

import edge_servers
import lab
from edge_servers import EDGE, PROTOCOLS, PROXIED, RELAY, SECURED, STORES, World
from lab import account, in_parallel, password, stage
from mail_clients import (BROKEN, COMMANDS, EXCHANGES, Imap, ImapDialogue, Pop3, Pop3Dialogue, SieveDialogue, Smtp,
                          SmtpDialogue, Way)

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
TREE = "bookworm"

TALKS = {"imap": ImapDialogue, "pop3": Pop3Dialogue, "managesieve": SieveDialogue, "submission": SmtpDialogue}
# One address does not shake hands so often.
CLIENTS = itertools.cycle(f"203.0.113.{n}" for n in range(1, 128))
USER = account(0), password(0)
LARGE = 3_000_000


def way(protocol, tls, direct=False, source=None):
    """To the edge or past it."""
    clear, secure = PROTOCOLS[protocol][:2]
    server = RELAY if protocol == "submission" else STORES["store1"]
    return Way(server if direct else EDGE, secure if tls == "implicit" else clear, tls, source or next(CLIENTS))


def ways(protocol):
    return [tls for tls in ["none", "starttls", "implicit"] if tls != "implicit" or PROTOCOLS[protocol][1]]


EVERY_WAY = [(protocol, tls) for protocol in PROTOCOLS for tls in ways(protocol)]


def words(to, answers):
    """What was said, without what is made anew each time."""
    def one(lines):
        return ["challenge"] if to.is_challenged(lines) else lines
    return [one(lines) for lines in answers]


def kinds(to, answers):
    """Yes, no, or what? Each place has its own words for those who don't speak the protocol; and to what is no base64
    Dovecot says NO, where RFC 9051 6.2.2 has the edge's BAD."""
    def one(lines):
        if to.is_challenged(lines):
            return "challenge"
        return re.match(r"(?:[a-z] )?(OK|NO|BAD|BYE|\+OK|-ERR|\d)", lines[-1])[1].replace("BAD", "NO")
    return [one(lines) for lines in answers]


def letter(size, dice=b"edge"):
    """Lines of every byte that mail may have, up to the longest, and lines that begin with dots."""
    lines, stream = [b"From: a@example.org", b"Subject: large", b""], dice
    while size > 0:
        stream = hashlib.sha512(stream).digest()
        line = bytes(b for b in stream * 8 if b not in b"\r\n\0")[: stream[0] * 2 + stream[1]]
        lines.append(b"." + line if stream[2] < 16 else line)
        size -= len(lines[-1]) + 2
    return b"\r\n".join(lines) + b"\r\n"


world = None


def setUpModule():
    global world
    world = World(TIDEGATE, TREES / TREE)
    unittest.addModuleCleanup(world.stop)
    world.start()
    # The clients here make mistakes enough to look like a guesser.
    world.tidegate.ask("allow", "203.0.113.0/24", "--reason", "test", "--author", "eve")
    stage.wait_for(lambda: all(map(has_learned, PROTOCOLS)), "what the servers offer", 60)


def has_learned(protocol):
    """Before the edge has heard its servers, it offers what all of them have."""
    with TALKS[protocol](way(protocol, "none")) as to:
        return "CRAM-MD5" in " ".join(offer_of(to))


def offer_of(to):
    if isinstance(to, ImapDialogue):
        return set(to.ask("c CAPABILITY")[0].split()[2:])
    if isinstance(to, Pop3Dialogue):
        return set(to.ask("CAPA")[1:-1])
    if isinstance(to, SmtpDialogue):
        return {line[4:] for line in to.ask("EHLO client.example.org")[1:]}
    return set(to.ask("CAPABILITY")[:-1])


class Behind(unittest.TestCase):
    def compare(self, protocol, tls, work, form=words):
        """`work(dialogue)` gives answers, at the edge and past it."""
        def at(direct):
            with TALKS[protocol](way(protocol, tls, direct)) as talk:
                return form(talk, work(talk))
        edge, server = at(False), at(True)
        self.assertEqual(edge, server, f"{protocol} {tls}: first the edge's, then the server's")
        return edge

    def each_way(self, work):
        """In each protocol, by each kind of security; side by side."""
        def one(each):
            with self.subTest(protocol=each[0], tls=each[1]):
                work(*each)
        in_parallel(one, EVERY_WAY, 6)


class LogIns(Behind):
    def test_right_and_wrong_passwords_by_every_mechanism(self):
        tries = {"right": USER, "wrong": (USER[0], "mistyped"), "unknown": ("nobody@example.org", "whatever")}

        def at(protocol, tls):
            for name, exchange in {**EXCHANGES, **COMMANDS[TALKS[protocol]]}.items():
                for kind, who in tries.items():
                    said = self.compare(protocol, tls, lambda to, exchange=exchange, who=who: exchange(to, *who))
                    with self.subTest(name=name, kind=kind, said=said):
                        self.assertEqual(bool(re.match(r"(a )?OK|\+OK|235", said[-1][-1])), kind == "right")

        self.each_way(at)

    def test_what_is_no_exchange_is_refused_and_the_next_one_is_heard(self):
        def servers_blamed():
            return world.tidegate.log().count("the server failed or did not answer")

        blamed = servers_blamed()

        def work(broken):
            return lambda to: [*broken(to), *EXCHANGES["PLAIN"](to, *USER)]

        def at(protocol, tls):
            for broken in BROKEN.values():
                if protocol == "managesieve":  # Dovecot's own says NO twice, and so answers what comes next wrongly
                    with SieveDialogue(way(protocol, tls)) as to:
                        said = kinds(to, work(broken)(to))
                else:
                    said = self.compare(protocol, tls, work(broken), kinds)
                self.assertIn(said[-1], ["OK", "+OK", "2"], said)

        self.each_way(at)
        # What clients break off is no fault of the servers, whose limits stay as they were.
        self.assertEqual(servers_blamed(), blamed)

    def test_a_second_try_after_a_wrong_one(self):
        self.each_way(lambda protocol, tls: self.compare(protocol, tls, lambda to: [
            *EXCHANGES["PLAIN at once"](to, USER[0], "mistyped"), *EXCHANGES["PLAIN at once"](to, *USER)]))

    def test_commands_that_come_together_are_all_answered(self):
        """Those behind the log-in are the server's to answer."""
        def at(to, *texts):
            to.say("\r\n".join(texts))
            return [to.answer(text) for text in texts]
        for tls in ["none", "implicit"]:
            self.compare("imap", tls, lambda to: at(to, f'a LOGIN "{USER[0]}" "{USER[1]}"', "b SELECT INBOX", "c LOGOUT")[::2])
            self.compare("pop3", tls, lambda to: at(to, f"USER {USER[0]}", f"PASS {USER[1]}", "STAT", "QUIT"), kinds)


class Offers(Behind):
    def offers(self, protocol, tls, direct):
        """Before and after the log-in: sets of words."""
        with TALKS[protocol](way(protocol, tls, direct)) as to:
            before = offer_of(to)
            self.assertTrue(to.log_in(*USER))
            return before, offer_of(to)

    # A referral would lead past the edge.
    KEPT_BACK = {"imap": {"LOGIN-REFERRALS"}}

    def test_before_and_after_the_log_in_they_are_the_servers(self):
        def at(protocol, tls):
            edge, server = self.offers(protocol, tls, False), self.offers(protocol, tls, True)
            self.assertEqual(edge[0], server[0] - self.KEPT_BACK.get(protocol, set()))
            # Who says EHLO again hears the server, to which the edge speaks in the clear here.
            ours = {"STARTTLS"} if protocol == "submission" and tls != "none" else set()
            self.assertEqual(edge[1], server[1] | ours)
        self.each_way(at)


class Mail(Behind):
    def test_imap_carries_a_large_message_byte_for_byte(self):
        for tls in ways("imap"):
            text = letter(LARGE, tls.encode())
            found = []
            for direct in [False, True]:  # written through the edge, read by both
                with Imap(way("imap", tls, direct)) as client:
                    self.assertEqual(client.login(*USER)[0], "OK")
                    client.create(tls)
                    if not direct:
                        self.assertEqual(client.append(tls, r"(\Flagged)", None, text)[0], "OK")
                    client.select(tls)
                    number = client.uid("SEARCH", None, "ALL")[1][0].split()[-1]
                    found.append(client.uid("FETCH", number, "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[])")[1][0])
            self.assertTrue(found[0][1] == text, "what was written is what is read")
            self.assertTrue(found[0] == found[1], (found[0][0], found[1][0]))

    def test_imap_tells_of_new_mail_in_idle(self):
        for tls in ways("imap"):
            with Imap(way("imap", tls)) as waits, Imap(way("imap", tls)) as brings:
                for client in [waits, brings]:
                    client.login(*USER)
                waits.select("INBOX")
                waits.send(b"i IDLE\r\n")
                self.assertTrue(waits.readline().startswith(b"+"))
                brings.append("INBOX", None, None, letter(100))
                self.assertIn(b"EXISTS", waits.wait_untagged(b"EXISTS"))
                waits.send(b"DONE\r\n")
                self.assertIn(b"i OK", waits.wait_untagged(b"i OK"))

    def test_pop3_reads_the_same(self):
        user = account(1), password(1)
        with Imap(way("imap", "none", True)) as client:
            client.login(*user)
            for number in range(3):
                client.append("INBOX", None, None, letter(50_000 * number, b"pop%d" % number))

        def read(tls, direct):
            client = Pop3(way("pop3", tls, direct))
            client.user(user[0])
            client.pass_(user[1])
            said = [client.stat(), client.list(), client.uidl(), *(client.retr(n) for n in [1, 2, 3]), client.top(2, 5),
                    client.noop(), client.quit()]
            return said

        for tls in ways("pop3"):
            self.assertEqual(read(tls, False), read(tls, True))

    def test_submission_carries_mail_byte_for_byte_and_its_notification(self):
        for tls in ways("submission"):
            with Smtp(way("submission", tls)) as client:
                for word in ["8bitmime", "dsn", "pipelining", "size", "smtputf8"]:
                    self.assertTrue(client.has_extn(word), word)
                client.login(*USER)
                text = b"Message-Id: <%s@example.org>\r\nDate: Sun, 29 Nov 2026 12:00:00 +0000\r\n" % tls.encode()
                text += b"From: a@example.org\r\nSubject: gr\xc3\xbc\xc3\x9fe\r\n\r\n" + b"\xe4\xf6\xfc .\r\n..\r\n.x\r\n" * 20_000
                said = client.sendmail("a@example.org", ["b@example.net"], text,
                                       ["BODY=8BITMIME", "RET=HDRS", f"ENVID=QQ314159{tls}"],
                                       ["NOTIFY=SUCCESS", "ORCPT=rfc822;Bob@example.net"])
                self.assertEqual(said, {})
            part = b"Message-Id: <%s@example.org>" % tls.encode()
            body = text.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]
            stage.wait_for(lambda part=part, body=body: any(mail.endswith(body) for mail in world.relay.mails(part)),
                           "the mail, whole")
            stage.wait_for(lambda tls=tls: world.relay.mails(b"Original-Envelope-Id: QQ314159" + tls.encode()), "the notification")

    def test_submission_answers_pipelined_commands(self):
        lines = ["MAIL FROM:<a@example.org>", "RCPT TO:<b@example.net>", "RCPT TO:<c@example.net>", "DATA"]

        def at(to):
            to.log_in(*USER)
            to.say("\r\n".join(lines))
            return [*(to.answer(line) for line in lines), to.ask("Subject: pipe\r\n\r\nhello\r\n.")]

        for tls in ways("submission"):
            self.assertEqual(self.compare("submission", tls, at, kinds), ["2", "2", "2", "3", "2"])

    def test_sieve_scripts_are_kept_and_given_back(self):
        script = b'require ["fileinto"];\r\n# \xc3\xbc\r\nif header :contains "subject" "x" { fileinto "x"; }\r\n' * 1
        script += b"# " + b"long " * 5_000 + b"\r\n"

        def at(to):
            to.log_in(*USER)
            return [to.literal('PUTSCRIPT "one"', script), to.literal('PUTSCRIPT "bad"', b"no sieve {"),
                    to.ask('SETACTIVE "one"'), to.ask("LISTSCRIPTS"), to.ask('GETSCRIPT "one"'), to.ask('HAVESPACE "two" 100'),
                    to.ask('SETACTIVE ""'), to.ask('DELETESCRIPT "one"'), to.ask("LOGOUT")]

        for tls in ways("managesieve"):
            said = self.compare("managesieve", tls, at)
            self.assertTrue(said[4][0].encode() == b"{%d}\r\n" % len(script) + script, said[4][:4])
            self.assertEqual([each[-1][:2] for each in said], ["OK", "NO", "OK", "OK", "OK", "OK", "OK", "OK", "OK"])


class OtherClients(Behind):
    MBSYNC = ("IMAPAccount there\nHost {host}\nPort {port}\nUser {user}\nPass {secret}\nSSLType {ssl}\n"
              "CertificateFile {ca}\nAuthMechs {mechanism}\n\nIMAPStore far\nAccount there\n\n"
              "MaildirStore near\nInbox {box}/inbox\nPath {box}/\nSubFolders Verbatim\n\n"
              "Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nSync All\nSyncState *\n")

    def needs(self, program):
        if not (world.tree.root / "usr/bin" / program).exists():
            self.skipTest(f"there is no {program} in the tree: scripts/e2e makes trees that have it")

    def test_isync_reads_the_same_mailboxes(self):
        self.needs("mbsync")
        user = account(2), password(2)
        with Imap(way("imap", "none", True)) as client:
            client.login(*user)
            for folder in ["INBOX", "Work", "Sent"]:
                client.create(folder)
                for number in range(5):
                    client.append(folder, None, None, letter(20_000, f"{folder}{number}".encode()))

        def read(name, host, port, ssl, mechanism, ca):
            box = world.work / f"box-{name}"
            box.mkdir()
            (world.work / f"mbsync-{name}").write_text(self.MBSYNC.format(
                host=host, port=port, user=user[0], secret=user[1], ssl=ssl, mechanism=mechanism, ca=ca, box=box))
            world.tree.run("mbsync", "-c", str(world.work / f"mbsync-{name}"), "all")
            files = [path for path in box.rglob("*") if path.parent.name in ["cur", "new"]]
            return sorted((path.parent.parent.name, hashlib.sha256(re.sub(rb"X-TUID:.*\n", b"", path.read_bytes())).hexdigest())
                          for path in files)

        server = read("server", STORES["store1"], 143, "None", "PLAIN", world.pair[1])
        self.assertEqual(len(server), 15)
        for name, port, ssl, mechanism in [("plain", 143, "None", "CRAM-MD5"), ("tls", 143, "STARTTLS", "PLAIN"),
                                           ("imaps", 993, "IMAPS", "LOGIN")]:
            self.assertEqual(read(name, "mail.example.org", port, ssl, mechanism, world.pair[1]), server, name)

    def test_swaks_submits(self):
        self.needs("swaks")
        for name, words in {"clear": ["-a", "CRAM-MD5", "-p", "587"], "starttls": ["-a", "PLAIN", "-tls", "-p", "587"],
                            "tls": ["-a", "LOGIN", "-tlsc", "-p", "465"]}.items():
            said = world.tree.run("swaks", "--server", EDGE, *words, "-au", USER[0], "-ap", USER[1], "--from", "a@example.org",
                                 "--to", "b@example.net", "--ehlo", "swaks.example.org", "--header", f"Subject: swaks-{name}")
            self.assertRegex(said, r"250 2\.0\.0 Ok: queued", name)
            stage.wait_for(lambda name=name: world.relay.mails(b"swaks-" + name.encode()), "the mail")


class Forwarding(Behind):
    """Whom the servers think they speak with."""

    def test_the_servers_know_the_clients_address_by_each_way(self):
        numbers = itertools.count(128)
        for protocol in PROTOCOLS:
            ports = {"named": (PROTOCOLS[protocol][0], "none"), "header": (PROXIED[protocol], "none"),
                     "over TLS": (SECURED[protocol], "implicit")}
            for name, (port, tls) in ports.items():
                for source, host in [(f"203.0.113.{next(numbers)}", EDGE), (f"2001:db8:7::{next(numbers):x}", "::1")]:
                    with self.subTest(protocol=protocol, name=name, source=source), \
                            TALKS[protocol](Way(host, port, tls, source)) as to:
                        self.assertTrue(to.log_in(*USER), "the log-in")
                        self.assertTrue(to.ping())
                        if protocol == "submission":  # Postfix logs whom it got mail from
                            for text in ["MAIL FROM:<a@example.org>", "RCPT TO:<b@example.net>", "DATA", "Subject: x\r\n\r\n."]:
                                self.assertRegex(to.ask(text)[-1], "^[23]")
                        self.see(protocol, source)

    def see(self, protocol, source):
        self.assertEqual(world.passwords.lookups(USER[0], source), 1)
        if protocol == "submission":
            stage.wait_for(lambda: re.search(rf"client=\S*\[{source}\]", world.relay.log.read_text()),
                           f"{source} in Postfix's log")
        else:
            stage.wait_for(lambda: any(f"rip={source}," in store.text() for store in world.stores.values()),
                           f"{source} in Dovecot's log")

    def test_a_client_that_forwards_itself_is_not_believed(self):
        with SmtpDialogue(way("submission", "none", source="203.0.113.254")) as to:
            self.assertRegex(to.ask("XCLIENT ADDR=198.51.100.200")[-1], "^5")
        with ImapDialogue(way("imap", "none", source="203.0.113.254")) as to:
            to.ask('i ID ("x-originating-ip" "198.51.100.200" "name" "mail")')
            self.assertTrue(to.log_in(*USER))
        with Pop3Dialogue(way("pop3", "none", source="203.0.113.254")) as to:
            self.assertRegex(to.ask("XCLIENT ADDR=198.51.100.200")[-1], "^-ERR")
            self.assertTrue(to.log_in(*USER))
        self.assertEqual(world.passwords.lookups(address="198.51.100.200"), 0)
        self.assertEqual(world.passwords.lookups(address="203.0.113.254"), 2)


class Reload(Behind):
    def certificate_at(self, port):
        with Way(EDGE, port, "implicit", next(CLIENTS)).dial() as connection:
            return connection.getpeercert(True)

    def test_a_new_certificate_is_shown_and_sessions_go_on(self):
        before = {port: self.certificate_at(port) for port in [993, 995, 465]}
        kept = []
        for protocol, tls in EVERY_WAY:
            to = TALKS[protocol](way(protocol, tls))
            self.assertTrue(to.log_in(*USER))
            kept.append(to)
        half = SmtpDialogue(way("submission", "none"))  # not logged in yet
        key, cert = edge_servers.pair_of(world.work, "newer")
        for old, new in zip(world.pair, [key, cert], strict=True):
            os.replace(new, old)
        world.tidegate.process.send_signal(signal.SIGHUP)
        stage.wait_for(lambda: self.certificate_at(993) != before[993], "the new certificate")
        for port, old in before.items():
            self.assertNotEqual(self.certificate_at(port), old)
        self.assertTrue(half.log_in(*USER))
        for to in [*kept, half]:
            self.assertTrue(to.ping())
            to.close()

    def test_a_certificate_that_cannot_be_read_changes_nothing(self):
        text = pathlib.Path(world.pair[1]).read_text()
        shown = self.certificate_at(993)
        pathlib.Path(world.pair[1]).write_text("no certificate")
        refused = world.tidegate.log().count("reload_refused")
        world.tidegate.process.send_signal(signal.SIGHUP)
        stage.wait_for(lambda: world.tidegate.log().count("reload_refused") > refused, "the refusal")
        self.assertEqual(self.certificate_at(993), shown)
        pathlib.Path(world.pair[1]).write_text(text)


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, TREE)
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
