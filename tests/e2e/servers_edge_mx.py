#!/usr/bin/env python3
"""A real Postfix that takes mail for its own domain, behind Tidegate's edge on port 25: other people's servers find there
what they find at Postfix, and nothing else gets through.

usage: servers_edge_mx.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. Dialogues go to the edge and past it and what they are told is
compared; what was delivered is compared byte for byte. Exit status 77 where it can't run.
"""

import contextlib
import itertools
import os
import pathlib
import re
import signal
import smtplib
import sys
import unittest

import lab
from edge_servers import CERTIFICATE, ENTRANCE, listens, pair_of
from lab import Wire, stage
from mail_clients import Smtp, SmtpDialogue, Way
from mailservers import Postfix, Rspamd

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
TREE = "bookworm"

EDGE, MX = "127.0.0.1", "127.0.1.6"
PORT, PROXIED, FILTERED, SECOND = 25, 10_025, 20_025, 30_025
DESCRIPTORS, OWN_PLACES = 1_024, 40  # which makes 384 places, of which the second listener has so many for itself
MILTER, DOOR = "127.0.1.6:11332", "127.0.0.1:4083"
MOST_BYTES = 400_000
CLIENTS = itertools.cycle(f"203.0.113.{n}" for n in range(1, 128))

MAIN = """
inet_interfaces = 127.0.0.1
relay_domains = example.org example.com
relay_recipient_maps = inline:{{ {{ alice@example.org = ok }} {{ bob@example.org = ok }} {{ carol@example.com = ok }} }}
relay_transport = sink
message_size_limit = {most}
notify_classes =
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_sasl_auth_enable = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
"""

MASTER = """
{address}:25 inet n - n - - smtpd
{address}:1025 inet n - n - - smtpd
  -o smtpd_upstream_proxy_protocol=haproxy
{address}:2025 inet n - n - - smtpd
  -o smtpd_milters=inet:{milter}
  -o milter_default_action=tempfail
tlsmgr unix - - n 1000 1 tlsmgr
sink unix - n n - 10 pipe
  user=nobody argv=/bin/sh -c cat>{work}/sink/$queue_id
"""

SERVER = """
[[server]]
name = "{name}"
protocol = "smtp"
address = "127.0.1.6:{port}"
forward = "{forward}"
"""


CONTENT_DOOR = f"""
[[door]]
kind = "api"
listen = "{DOOR}"
key = "secret"
"""


class Mx(Postfix):
    def __init__(self, tree, work, pair):
        key, cert = pair
        self.sink = work / "sink"
        self.sink.mkdir()
        self.sink.chmod(0o777)
        super().__init__(tree, work, more=MAIN.format(key=key, cert=cert, most=MOST_BYTES),
                         services=MASTER.format(address=MX, work=work, milter=MILTER))

    def is_up(self):
        return all(listens(MX, port) for port in [25, 1025, 2025])

    def mails(self, part):
        """What was delivered and has these bytes in it."""
        return [text for text in (path.read_bytes() for path in self.sink.iterdir()) if part in text]


class World:
    def __init__(self):
        self.work = lab.workplace()
        tree = lab.Tree(TREES / TREE, self.work)
        self.mx = Mx(tree, self.work, pair_of(self.work, "mx"))
        self.rspamd = Rspamd(tree, self.work, MILTER, DOOR)
        key, cert = pair_of(self.work, "edge")
        parts = [lab.SERVE.format(work=self.work), 'metrics = "127.0.0.1:9391"\n', CERTIFICATE.format(key=key, cert=cert)]
        for name, port, tls in [("mx", PORT, "starttls"), ("mx-proxied", PROXIED, "none"), ("mx-filtered", FILTERED, "none")]:
            parts.append(ENTRANCE.format(name=name, protocol="smtp", port=port, tls=tls, bare="false", servers=f'["{name}"]'))
            parts.append("greeting_delay = 1\n")
        parts.append(ENTRANCE.format(name="mx2", protocol="smtp", port=SECOND, tls="none", bare="false", servers='["mx"]'))
        parts.append(f"sessions = {OWN_PLACES}\n")
        parts.append(SERVER.format(name="mx", port=25, forward="xclient"))
        parts.append(SERVER.format(name="mx-proxied", port=1025, forward="proxy"))
        parts.append(SERVER.format(name="mx-filtered", port=2025, forward="xclient"))
        parts.append(CONTENT_DOOR)
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, "".join(parts), [9391, PORT, PROXIED, FILTERED, SECOND, 4083],
                                     descriptors=DESCRIPTORS)

    def start(self):
        self.rspamd.start()
        self.mx.start()
        self.tidegate.start()
        # The clients here do what only bots do.
        self.tidegate.ask("allow", "203.0.113.0/24", "--reason", "test", "--author", "eve")

    def stop(self):
        self.tidegate.end()
        self.mx.stop()
        self.rspamd.stop()


world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.stop)
    world.start()


def way(tls="none", direct=False, source=None):
    return Way(MX if direct else EDGE, PORT, tls, source or next(CLIENTS))


def letter(name, body=b"hello\r\n"):
    """With what Postfix would add, so that what is delivered is what was sent."""
    return (b"Message-Id: <%s@example.net>\r\nDate: Sun, 29 Nov 2026 12:00:00 +0000\r\nFrom: a@example.net\r\n"
            b"Subject: x\r\n\r\n" % name.encode()) + body


def codes(answers):
    return [lines[-1][:3] for lines in answers]


MAIL = "MAIL FROM:<a@example.net>"
DIALOGUES = {
    "a mail": [MAIL, "RCPT TO:<alice@example.org>", "DATA", "Subject: x\r\n\r\nhello\r\n.", "QUIT"],
    "two mails": [MAIL, "RCPT TO:<alice@example.org>", "DATA", "Subject: x\r\n\r\none\r\n.",
                  MAIL, "RCPT TO:<bob@example.org>", "DATA", "Subject: x\r\n\r\ntwo\r\n.", "QUIT"],
    "several recipients, some of them wrong": [
        MAIL, "RCPT TO:<nobody@example.org>", "RCPT TO:<alice@example.org>", "RCPT TO:<a@elsewhere.example>",
        "RCPT TO:<bob@example.org>", "DATA", "Subject: x\r\n\r\nhello\r\n."],
    "nobody is left": [MAIL, "RCPT TO:<nobody@example.org>", "DATA", "NOOP"],
    "a bounce": ["MAIL FROM:<>", "RCPT TO:<alice@example.org>", "RSET"],
    "small letters": ["mail from:<a@example.net>", "rcpt to:<alice@example.org>", "rset"],
    "parameters": ["MAIL FROM:<a@example.net> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=x",
                   "RCPT TO:<alice@example.org> NOTIFY=NEVER ORCPT=rfc822;alice@example.org", "RSET"],
    "a size that is too large": [f"MAIL FROM:<a@example.net> SIZE={MOST_BYTES + 1}", "NOOP"],
    "a parameter that nobody knows": ["MAIL FROM:<a@example.net> FOO=bar", "NOOP"],
    "a path that is none": ["MAIL FROM:a@@example.net>", "MAIL FROM:<a@example.net", MAIL, "RCPT TO:<alice", "RSET"],
    "a quoted mailbox": ['MAIL FROM:<"a b"@example.net>', 'RCPT TO:<"alice"@example.org>', "RSET"],
    "out of turn": ["RCPT TO:<alice@example.org>", "DATA", MAIL, MAIL, "DATA", "RSET"],
    "other words": ["NOOP", "VRFY alice", "EXPN list", "FOO", "ETRN example.org", "AUTH PLAIN AGEAYg==", "RSET", "QUIT"],
}
# What Postfix alone thinks of what the edge answers by itself: ETRN and VRFY are not the edge's to offer.
OWN = {"VRFY alice", "EXPN list", "ETRN example.org", "AUTH PLAIN AGEAYg==", "FOO"}


class Dialogues(unittest.TestCase):
    def at(self, lines, tls, direct):
        with SmtpDialogue(way(tls, direct)) as to:
            return [to.ask(line) for line in lines]

    def test_postfix_answers_through_the_edge_as_without_it(self):
        for name, lines in DIALOGUES.items():
            for tls in ["none", "starttls"]:
                with self.subTest(name=name, tls=tls):
                    edge, server = codes(self.at(lines, tls, False)), codes(self.at(lines, tls, True))
                    for line, ours, its in zip(lines, edge, server, strict=True):
                        if line in OWN:
                            self.assertRegex(ours, "^[25]")
                        else:
                            self.assertEqual(ours[0], its[0], (line, edge, server))

    def test_the_words_of_a_refusal_are_postfixs(self):
        lines = DIALOGUES["several recipients, some of them wrong"]
        edge, server = self.at(lines, "none", False), self.at(lines, "none", True)
        self.assertEqual(edge[1], server[1])
        self.assertEqual(edge[3], server[3])
        self.assertIn("550 5.1.1 <nobody@example.org>", edge[1][-1])

    def test_commands_that_come_together_are_answered_in_order(self):
        lines = [MAIL, "RCPT TO:<nobody@example.org>", "RCPT TO:<alice@example.org>", "DATA"]
        for tls in ["none", "starttls"]:
            with SmtpDialogue(way(tls)) as to:
                to.say("\r\n".join(lines))
                said = [to.answer(line) for line in lines]
                self.assertEqual(codes(said), ["250", "550", "250", "354"])
                self.assertEqual(to.ask("Subject: pipe\r\n\r\nhello\r\n.")[-1][:3], "250")


class Mail(unittest.TestCase):
    def send(self, name, body, tls="none", direct=False, options=()):
        with Smtp(way(tls, direct)) as client:
            return client.sendmail("a@example.net", ["alice@example.org"], letter(name, body), options)

    def test_it_arrives_byte_for_byte(self):
        bodies = {"dots": b".\r\n..\r\n.x\r\n...\r\n" * 100, "eight": b"\xe4\xf6\xfc\r\n" * 1000,
                  "long": b"x" * 998 + b"\r\n", "large": b"0123456789 abcdefghij\r\n" * (MOST_BYTES // 25), "empty": b"",
                  "split": b"a\r\n" + b"y" * 65_530 + b"\r\n.\r\n"}
        def arrived(name, body, tls, direct):
            name = f"{name}-{tls}-{direct}"
            self.assertEqual(self.send(name, body, tls, direct, ["BODY=8BITMIME"]), {})
            part = f"<{name}@example.net>".encode()
            stage.wait_for(lambda: any(mail.endswith(b"\n") for mail in world.mx.mails(part)), "the mail")
            return world.mx.mails(part)[0].split(b"\n\n", 1)[1]

        for tls in ["none", "starttls"]:
            for name, body in bodies.items():
                with self.subTest(name=name, tls=tls):
                    edge, server = (arrived(name, body, tls, direct) for direct in [False, True])
                    self.assertTrue(edge == server, "past the edge and through it")
                    if name != "split":  # Postfix breaks lines that are too long for others
                        self.assertTrue(edge == body.replace(b"\r\n", b"\n"), "as it was sent")

    def test_one_that_is_too_large_is_refused_as_postfix_does(self):
        for direct in [False, True]:
            with self.subTest(direct=direct), SmtpDialogue(way("none", direct)) as to:
                for line in [MAIL, "RCPT TO:<alice@example.org>", "DATA"]:
                    to.ask(line)
                to.say("Subject: big\r\n\r\n" + "z" * 70 + ("\r\n" + "z" * 70) * (MOST_BYTES // 70) + "\r\n.")
                self.assertEqual(to.answer("")[-1][:3], "552")

    def test_of_a_client_that_goes_amid_its_mail_nothing_is_delivered(self):
        to = SmtpDialogue(way())
        for line in [MAIL, "RCPT TO:<alice@example.org>", "DATA"]:
            to.ask(line)
        to.say("Message-Id: <half@example.net>\r\nSubject: half\r\n\r\nas far as this")
        to.close()
        self.send("whole", b"hello\r\n")
        stage.wait_for(lambda: world.mx.mails(b"<whole@example.net>"), "the mail that came after")
        self.assertEqual(world.mx.mails(b"<half@example.net>"), [])


class Hostile(unittest.TestCase):
    def smuggle(self, end):
        """A second mail in what one server takes for the first one's text, and another does not."""
        with SmtpDialogue(way()) as to:
            for line in [MAIL, "RCPT TO:<alice@example.org>", "DATA"]:
                to.ask(line)
            inner = "MAIL FROM:<admin@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
            to.say(f"Subject: outer\r\n\r\nhello{end}{inner}")
            return to.answer("")[-1]

    def test_no_mail_is_smuggled(self):
        for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n"]:
            with self.subTest(end=repr(end)):
                self.assertRegex(self.smuggle(end), "^[245]")
        Mail("send").send("after-smuggling", b"hello\r\n")
        stage.wait_for(lambda: world.mx.mails(b"<after-smuggling@example.net>"), "the mail that came after")
        for mail in world.mx.mails(b"smuggled"):
            self.assertIn(b"Subject: outer", mail, "the text of one mail is one mail")

    def test_what_was_said_before_tls_is_not_heard_behind_it(self):
        with SmtpDialogue(way()) as to:
            to.say("STARTTLS\r\nMAIL FROM:<injected@example.net>")
            answers = [to.answer("")[-1]]
            self.assertRegex(answers[0], "^[25]")
        self.assertNotIn("injected@example.net", world.mx.log.read_text())

    def test_a_client_cannot_say_who_it_is(self):
        with SmtpDialogue(way()) as to:
            self.assertRegex(to.ask("XCLIENT ADDR=198.51.100.200")[-1], "^5")
            self.assertRegex(to.ask("PROXY TCP4 198.51.100.200 192.0.2.1 1 25")[-1], "^5")
        self.assertNotIn("198.51.100.200", world.mx.log.read_text())


    def test_whom_it_stops_and_why_is_told(self):
        source = "198.51.100.77"
        with Wire(source, PORT) as wire:
            wire.say("EHLO mail.example.org")  # before it is greeted, and by our own name
            self.assertRegex(wire.reply(), "^220")
            self.assertRegex(wire.reply(), "^250")
            self.assertRegex(wire.ask(MAIL), r"^450 4\.7\.1")
        said = world.tidegate.ask("why", source)
        for words in ["a mail on port 25 now", f"mail from {source}, called mail.example.org", "early_talk", "ehlo_name",
                      "held against +18.0: defer", f"tidegate allow {source}"]:
            self.assertIn(words, said)
        self.assertRegex(world.tidegate.log(), rf"mail_stopped address={source} name=mail\.example\.org .* evidence=ehlo_name")


class ContentFilter(unittest.TestCase):
    """Rspamd, asked by Postfix, tells of each mail what it thinks of it."""

    def send(self, source, subject):
        with Smtp(Way(EDGE, FILTERED, "none", source)) as client:
            return client.sendmail("a@example.net", ["alice@example.org"], letter("filtered").replace(b"Subject: x", subject))

    def why(self, source):
        return world.tidegate.ask("why", source)

    def test_mail_that_it_does_not_want_speaks_against_who_brought_it(self):
        good, bad = "198.51.100.91", "10.92.1.1"
        for _ in range(3):
            self.assertEqual(self.send(good, b"Subject: hello"), {})
            self.assertEqual(self.send(bad, b"Subject: DOUBTFUL"), {}, "it is taken all the same")
        stage.wait_for(lambda: "3 mails refused and 3 taken lately" in self.why(bad), "Rspamd's word")
        self.assertIn("0 mails refused and 3 taken lately", self.why(good))
        self.assertIn(f"[{bad}]", world.mx.log.read_text(), "Postfix and its milter know who it is")

    def test_what_it_refuses_counts_once(self):
        source = "10.95.1.1"
        with self.assertRaises(smtplib.SMTPDataError):
            self.send(source, b"Subject: HOPELESS")
        stage.wait_for(lambda: "HOPELESS" in (world.rspamd.work / "rspamd.log").read_text(), "Rspamd's word")
        self.assertIn("1 mail refused and 0 taken lately", self.why(source))


class OperatorsWord(unittest.TestCase):
    """What is said by hand holds for mail, too."""

    SOURCE = "198.51.100.17"

    def said_to_a_bot(self):
        """It speaks before its turn, calls itself what we are called, and guesses at recipients."""
        with Wire(self.SOURCE, PORT) as to:
            to.reply()
            to.say(f"EHLO mail.example.org\r\n{MAIL}\r\nRCPT TO:<nobody{next(self.numbers)}@example.org>")
            to.reply()
            return to.reply()

    def test_who_is_doubtful_brings_mail_while_he_is_allowed(self):
        self.numbers = itertools.count()
        said = next((said for said in (self.said_to_a_bot() for _ in range(30)) if not said.startswith("250")), "250 to all of them")
        self.assertRegex(said, "^450")
        world.tidegate.ask("allow", self.SOURCE, "--reason", "test", "--author", "eve")
        self.assertRegex(self.said_to_a_bot(), "^250")
        world.tidegate.ask("lift", self.SOURCE, "--author", "eve")
        self.assertRegex(self.said_to_a_bot(), r"^[45]|^$")  # or nobody greets it any more


class Forwarding(unittest.TestCase):
    def test_postfix_knows_the_clients_address_and_name_by_each_way(self):
        numbers = itertools.count(128)
        for port, name in [(PORT, "xclient"), (PROXIED, "proxy")]:
            for source, host in [(f"203.0.113.{next(numbers)}", EDGE), (f"2001:db8:7::{next(numbers):x}", "::1")]:
                with self.subTest(name=name, source=source):
                    if ":" in source:
                        world.tidegate.ask("allow", source, "--reason", "test", "--author", "eve")
                    with SmtpDialogue(Way(host, port, "none", source)) as to:
                        for line in [MAIL, "RCPT TO:<nobody@example.org>"]:
                            to.ask(line)
                    stage.wait_for(lambda source=source: re.search(
                        rf"reject: RCPT from \S*\[{source}\].*helo=<client\.example\.org>", world.mx.log.read_text()),
                        f"{source} in Postfix's log")


    def test_no_name_hides_the_address_from_postfix(self):
        """A quote or a bracket goes on until the next of its kind, over whatever is forwarded behind it."""
        for number, name in enumerate(['c"lient.example.org', "[client", "<client", "client\\"]):
            source = f"{'198.51.100' if number % 2 else '203.0.113'}.{200 + number}"
            with self.subTest(name=name), Wire(source, PORT) as to:
                to.reply()
                for text in [f"EHLO {name}", MAIL, "RCPT TO:<nobody@example.org>"]:
                    to.ask(text)
                stage.wait_for(lambda source=source: f"reject: RCPT from unknown[{source}]" in world.mx.log.read_text(),
                               f"{source} in Postfix's log", 60)
        self.assertNotRegex(world.mx.log.read_text(), r"reject: RCPT from \S*\[127\.")


class MovedDomain(unittest.TestCase):
    """example.org is attacked, and gets a listener of its own; example.com is somebody else's."""

    ELSEWHERE = "450 4.3.2 Mail for example.org is taken at another MX of it, please try again"
    RESERVED = "450 4.3.2 Mail for example.com is not taken at this MX now, please try another"

    def order(self, *words, status=0):
        return world.tidegate.ask("listeners", *words, "--author", "eve", status=status)

    def move(self, *words):
        self.addCleanup(self.back)
        return self.order("move", "example.org", "mx2", "--reason", "flood", *words)

    def back(self):
        if "only for example.org" in world.tidegate.ask("listeners"):
            self.order("back", "example.org")

    def said(self, port, *recipients):
        """To each RCPT of one mail."""
        with SmtpDialogue(Way(EDGE, port, "none", next(CLIENTS))) as to:
            self.assertRegex(to.ask(MAIL)[-1], "^250")
            return [to.ask(f"RCPT TO:<{each}>")[-1] for each in recipients]

    def test_its_mail_is_taken_there_alone_and_no_other_is(self):
        self.assertRegex(self.move(), r"mail for example\.org is taken at mx2 alone; its MX must lead there \(127\.0\.0\.1:30025")
        old = self.said(PORT, "alice@example.org", "carol@example.com", "bob@EXAMPLE.ORG")
        self.assertEqual([old[0], old[2]], [self.ELSEWHERE, self.ELSEWHERE])
        self.assertRegex(old[1], "^250")
        new = self.said(SECOND, "carol@example.com", "alice@example.org")
        self.assertEqual(new[0], self.RESERVED)
        self.assertRegex(new[1], "^250")
        self.order("back", "example.org")
        for port in [PORT, SECOND]:
            for answer in self.said(port, "alice@example.org", "carol@example.com"):
                self.assertRegex(answer, "^250")

    def test_of_a_mail_to_both_each_recipient_is_taken_where_it_belongs(self):
        self.move()
        for port, kept in [(PORT, "alice@example.org"), (SECOND, "carol@example.com")]:
            name = f"moved-{port}"
            with Smtp(Way(EDGE, port, "none", next(CLIENTS))) as client:
                refused = client.sendmail("a@example.net", ["alice@example.org", "carol@example.com"], letter(name))
            self.assertEqual(list(refused), [kept], "the sender keeps it")
            self.assertEqual(refused[kept][0], 450)
            stage.wait_for(lambda name=name: world.mx.mails(f"<{name}@example.net>".encode()), "the mail")

    def test_it_holds_over_a_reload_and_a_restart(self):
        self.move("--for", "2d")
        world.tidegate.process.send_signal(signal.SIGHUP)
        stage.wait_for(lambda: ">reloaded " in world.tidegate.log(), "the reload")
        self.assertEqual(self.said(PORT, "alice@example.org"), [self.ELSEWHERE])
        world.tidegate.stop()
        world.tidegate.start()
        self.assertEqual(self.said(PORT, "alice@example.org"), [self.ELSEWHERE])
        self.assertRegex(self.said(SECOND, "alice@example.org")[0], "^250")
        self.assertRegex(world.tidegate.ask("listeners"), r"only for example\.org since .*, until .* by eve: flood")
        deeds = world.tidegate.ask("deeds", "--action", "move-domain")
        self.assertRegex(deeds, r"example\.org")

    def test_a_damaged_file_moves_nothing_and_mail_goes_on(self):
        self.move()
        world.tidegate.stop()
        moves = world.work / "tidegate" / "moves"
        moves.write_text(moves.read_text()[:-9])
        world.tidegate.start()
        self.assertIn("domain_moves_lost", world.tidegate.log())
        for port in [PORT, SECOND]:
            self.assertRegex(self.said(port, "alice@example.org")[0], "^250")

    def test_what_cannot_be_ordered_is_refused_with_words(self):
        for words, why in [(["example.org", "mx9"], "there is no listener 'mx9'"), (["a@example.org", "mx2"], "no domain"),
                           (["example.org", "mx"], "no sessions of its own"), (["ex\x01ample.org", "mx2"], "no domain")]:
            with self.subTest(words=words), self.assertRaisesRegex(AssertionError, re.escape(why)):
                self.order("move", *words, "--reason", "flood")
        self.addCleanup(self.back)
        self.order("move", "example.org", "mx", "--reason", "flood", "--force")
        self.assertRegex(self.said(SECOND, "alice@example.org")[0], "^450")
        self.order("back", "example.org")

    def flooded(self, port, places):
        """Connections that say nothing, until one is closed at once."""
        with contextlib.ExitStack() as held:
            for _ in range(places + 20):
                with contextlib.suppress(ConnectionResetError):  # before it could say so
                    if held.enter_context(Wire(next(CLIENTS), port)).reply():
                        continue
                return held.pop_all()
        raise AssertionError(f"more than {places} are taken in at {port}")

    def test_a_flood_at_one_listener_leaves_the_other_its_places(self):
        self.move()
        with self.flooded(SECOND, OWN_PLACES):
            self.assertRegex(self.said(PORT, "carol@example.com")[0], "^250")
        with self.flooded(PORT, (DESCRIPTORS - 256) // 2 - OWN_PLACES):
            self.assertRegex(self.said(SECOND, "alice@example.org")[0], "^250")
            self.assertGreater(world.tidegate.figure("tidegate_listener_sessions", listener="mx"), OWN_PLACES)


class Trouble(unittest.TestCase):
    def test_while_postfix_is_away_mail_is_put_off_and_then_taken(self):
        world.mx.stop()
        stage.wait_for(lambda: not listens(MX, 25), "Postfix's end")
        try:
            with SmtpDialogue(way()) as to:
                self.assertRegex(to.ask(MAIL)[-1], "^4")
        finally:
            world.mx.start()

        def is_taken():
            with SmtpDialogue(way()) as to:
                return to.ask(MAIL)[-1].startswith("250")
        stage.wait_for(is_taken, "Postfix in use again", 60)


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, TREE)
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
