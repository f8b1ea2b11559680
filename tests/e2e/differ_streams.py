"""What clients may send, made by chance from grammars and then spoilt: streams for differ_talk.py to play at two places.

A stream is a list of flights: bytes that are sent together, in pieces as chance cuts them, or TLS, a handshake. After each
the sender hears what it is answered. The same number always makes the same stream.
"""

import base64
import random
import re
import typing

from lab import account, password
from mail_clients import token

TLS = "TLS"
ODD = "odd@example.org", 'p"a\\s s{3}%'  # a password that needs quotes and backslashes
ACCOUNTS = [*((account(n), password(n)) for n in range(4)), ODD]


class Flight(typing.NamedTuple):
    pieces: tuple

    @property
    def text(self):
        return b"".join(self.pieces)


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class Chance(random.Random):
    def maybe(self, share):
        return self.random() < share

    def any_case(self, word):
        how = self.randrange(4)
        return [word, word.lower(), word.capitalize(), "".join(self.choice([c.lower(), c.upper()]) for c in word)][how]

    def who(self):
        """An account and a password, more often right than not."""
        name, secret = self.choice(ACCOUNTS)
        return self.choices([(name, secret), (name, "mistyped"), ("nobody@example.org", secret), (name.upper(), secret),
                             (name, ""), ("", secret), (name + "\xe4", secret), (name, secret + "\xe4"), ("x" * 300, secret),
                             (name, "y" * 700), (name + " ", secret), (name, " " + secret), (f"{name}\0", secret),
                             ("a\tb", secret), (name, secret + "\x01")],
                            [30, 8, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])[0]

    def blank(self):
        return self.choices([" ", "  ", "\t", " \t"], [60, 1, 1, 1])[0]

    # ---- SASL
    def bent(self, text):
        """Base64, or nearly so."""
        if not self.maybe(0.2):
            return text
        at = self.randrange(len(text) + 1)
        return self.choice([text.rstrip("="), text + "=", text + "====", text[:-1], text[:at] + "*" + text[at:],
                            text[:at] + " " + text[at:], text.replace("=", "A"), text[:at], text + "AAAA", "", "=", "*", "!!!",
                            text.replace("+", "-").replace("/", "_"), text + " ", text[:-2] + "x=" if text.endswith("=") else text,
                            text * 3, text + "\0"])

    def plain(self, name, secret):
        acts = self.choices(["", name, "user0@example.org", "nobody@example.org"], [20, 2, 1, 1])[0]
        text = f"{acts}\0{name}\0{secret}"
        if self.maybe(0.06):
            text = self.choice([text + "\0", text + "\0x", f"{name}\0{secret}", f"\0{name}", "\0\0\0", "", "\0" + text, text[1:]])
        return b64(text)

    def oauth(self, mechanism, name, secret):
        head = f"user={name}" if mechanism == "XOAUTH2" else f"n,a={name},\1host=mail.example.org\1port=1"
        text = f"{head}\1auth=Bearer {token(name, secret)}\1\1"
        if self.maybe(0.15):
            text = self.choice([text[:-1], text + "\1", text.replace("Bearer", "bearer"), text.replace("\1", "\0", 1),
                                text.replace("n,", "y,", 1), text.replace("n,", "p=tls-unique,", 1), head, text.replace("auth=", "Auth=")])
        return b64(text)

    def exchange(self):
        """A mechanism's name, and what the client says in it: the first word may come with the command."""
        name, secret = self.who()
        mechanism = self.choices(["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER", "EXTERNAL",
                                  "ANONYMOUS", "X-NOTHING", "SCRAM-SHA-256-PLUS", "PLAIN\0", ""],
                                 [30, 20, 6, 4, 4, 6, 6, 1, 1, 1, 1, 1, 1])[0]
        if mechanism == "PLAIN":
            words = [self.plain(name, secret)]
        elif mechanism == "LOGIN":
            words = [b64(name), b64(secret)]
        elif mechanism.startswith("SCRAM"):
            words = [b64(f"n,,n={name},r=abc{self.randrange(10**9)}"), b64("c=biws,r=abc,p=AAAA")]
        elif mechanism in ["XOAUTH2", "OAUTHBEARER"]:
            words = [self.oauth(mechanism, name, secret), "AQ=="]
        elif mechanism == "CRAM-MD5":
            words = [b64(f"{name} " + "0" * 32)]
        else:
            words = [b64(name)]
        words = [self.bent(each) for each in words]
        if self.maybe(0.12):
            words[self.randrange(len(words))] = self.choice(["*", "* ", "**", "", "="])
        return self.any_case(mechanism), words

    def sasl(self, command, quote=lambda text: text):
        """Flights of an exchange behind a command; now and then all in one."""
        mechanism, words = self.exchange()
        at_once = mechanism.upper() not in ["CRAM-MD5"] and self.maybe(0.5)
        lines = [" ".join([command, quote(mechanism), *([quote(words[0])] if at_once else [])])]
        lines += [quote(each) for each in (words[1:] if at_once else words)]
        return ["\r\n".join(lines) + "\r\n"] if self.maybe(0.06) else [line + "\r\n" for line in lines]


# ---- grammars: lists of texts, each a flight's
def imap(chance):
    tags = (f"a{n}" for n in range(1, 1000))

    def string(text, *, atoms=True):
        """Text up to where the server must say "+"; in parts."""
        usable = text and all(c.isalnum() or c in "@.-_" for c in text)
        how = chance.choices(["atom", "quoted", "waits", "comes"], [20 if atoms and usable else 0, 30, 12, 12])[0]
        if how == "atom":
            return [text]
        if how == "quoted":
            inner = text.replace("\\", "\\\\").replace('"', '\\"')
            if chance.maybe(0.03):
                inner = chance.choice([inner + "\\", inner.replace("\\", ""), "\\a" + inner, inner + '"x'])
            return [f'"{inner}"']
        size = len(text) if chance.maybe(0.95) else chance.choice([0, len(text) + 1, max(0, len(text) - 1), 5000, 2**32, 2**64 + 3])
        head = f"{{{'0' if chance.maybe(0.03) else ''}{size}{'+' if how == 'comes' else ''}}}\r\n"
        return [head + text] if how == "comes" or chance.maybe(0.05) else [head, text]

    def login():
        name, secret = chance.who()
        first, second = string(name), string(secret)
        parts = [f"{next(tags)}{chance.blank()}{chance.any_case('LOGIN')}{chance.blank()}{first[0]}", *first[1:]]
        parts[-1] += chance.blank() + second[0]
        parts += second[1:]
        parts[-1] += chance.choices(["\r\n", " \r\n", " x\r\n"], [30, 1, 1])[0]
        return parts

    def other():
        tag = next(tags)
        word = chance.choices(["NOOP", "CAPABILITY", "ID NIL", 'ID ("name" "x" "version" {1+}\r\n1)', 'ID ("name" NIL)', "ID", "ID (x y)",
                               "SELECT INBOX", "ENABLE UTF8=ACCEPT", "FOO", "", "LIST {5}", "LIST \"\" {1+}\r\n*", "LOGIN", "AUTHENTICATE",
                               "NOOP x", "CAPABILITY ", "NAMESPACE", "UNAUTHENTICATE", "XCLIENT", "APPEND INBOX {3+}\r\nabc",
                               'ID ("x-originating-ip" "10.9.9.9")', "IDLE", "LOGIN {3}", "ID {3}"],
                              [20, 8, 3, 2, 1, 1, 1, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1])[0]
        head = chance.choices([f"{tag} ", "", f"{tag}", f" {tag} ", "+ ", "* ", f"{tag}  ", "a(b ", "\r\n"], [60, 1, 1, 1, 1, 1, 1, 1, 1])[0]
        return [f"{head}{chance.any_case(word) if word.isalpha() else word}\r\n"]

    def starttls():
        behind = chance.choices(["", f"{next(tags)} NOOP\r\n", f'{next(tags)} LOGIN "user1@example.org" "right-user1"\r\n'], [6, 1, 1])[0]
        return [f"{next(tags)} STARTTLS\r\n{behind}", TLS]

    texts = []
    for _ in range(chance.randrange(2)):
        texts += other()
    if chance.maybe(0.2):
        texts += starttls()
    for _ in range(chance.choices([1, 2, 3], [12, 3, 1])[0]):
        texts += login() if chance.maybe(0.55) else chance.sasl(f"{next(tags)} {chance.any_case('AUTHENTICATE')}")
    for word in ["NOOP", 'LIST "" INBOX', "SELECT INBOX", "LOGOUT"]:
        if chance.maybe(0.7):
            texts.append(f"{next(tags)} {word}\r\n")
    return texts


def pop3(chance):
    def login():
        name, secret = chance.who()
        texts = [f"{chance.any_case('USER')}{chance.blank()}{name}\r\n", f"{chance.any_case('PASS')}{chance.blank()}{secret}\r\n"]
        if chance.maybe(0.06):
            texts = chance.choice([texts[1:], texts[:1] + ["NOOP\r\n"] + texts[1:], texts[:1] * 2 + texts[1:], [texts[0], "PASS\r\n"],
                                   ["USER\r\n", texts[1]], texts + texts[1:]])
        return texts

    def other():
        return [chance.any_case(chance.choice(["CAPA", "NOOP", "STAT", "FOO", "AUTH", "APOP a b", "", " ", "XCLIENT ADDR=10.9.9.9", "CAPA x",
                                               "UTF8", "LANG", "TOP 1 1", "RSET"])) + "\r\n"]

    texts = []
    for _ in range(chance.randrange(2)):
        texts += other()
    if chance.maybe(0.2):
        texts += ["STLS\r\n" + chance.choices(["", "USER user1@example.org\r\nPASS right-user1\r\n", "CAPA\r\n"], [6, 1, 1])[0], TLS]
    for _ in range(chance.choices([1, 2, 3], [12, 3, 1])[0]):
        texts += login() if chance.maybe(0.5) else chance.sasl(chance.any_case("AUTH"))
    return texts + [f"{word}\r\n" for word in ["STAT", "NOOP", "CAPA", "QUIT"] if chance.maybe(0.7)]


def sieve(chance):
    def quote(text):
        if chance.maybe(0.75):
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        size = len(text) if chance.maybe(0.95) else chance.choice([0, len(text) + 1, 5000, 2**32])
        return chance.choices([f"{{{size}+}}\r\n{text}", f"{{{size}}}\r\n{text}", text], [20, 1, 1])[0]

    def other():
        return [chance.any_case(chance.choice(["CAPABILITY", "NOOP", 'NOOP "x"', "NOOP {2+}\r\nab", "FOO", "LISTSCRIPTS", "", " ", "LOGOUT x",
                                               "CAPABILITY x", "XCLIENT ADDR=10.9.9.9", "UNAUTHENTICATE", 'HAVESPACE "a" 1', "(", '"x"',
                                               'NOOP "\\"x"', 'PUTSCRIPT "x" {4+}\r\nkeep'])) + "\r\n"]

    texts = []
    for _ in range(chance.randrange(2)):
        texts += other()
    if chance.maybe(0.2):
        texts += ["STARTTLS\r\n" + chance.choices(["", "CAPABILITY\r\n", 'AUTHENTICATE "PLAIN" "AAAA"\r\n'], [6, 1, 1])[0], TLS]
    for _ in range(chance.choices([1, 2, 3], [12, 3, 1])[0]):
        texts += chance.sasl(chance.any_case("AUTHENTICATE"), quote)
    return texts + [f"{word}\r\n" for word in ['NOOP "here"', "LISTSCRIPTS", "LOGOUT"] if chance.maybe(0.7)]


# ---- SMTP
def content(chance, name):
    """A message and its end; the end is at times one that only some take for it, and then a second mail follows."""
    lines = [f"Message-Id: <{name}@example.org>", "Date: Sun, 29 Nov 2026 12:00:00 +0000", "From: a@example.org", f"Subject: {name}", ""]
    lines += [chance.choice(["hello", ".", "..", ".hidden", "", "x" * 900, "\xe4\xf6", ". ", ".\t", "x" * 2100, "From here"])
              for _ in range(chance.randrange(6))]
    text = "\r\n".join("." + line if line.startswith(".") and chance.maybe(0.85) else line for line in lines)
    if chance.maybe(0.75):
        return text + "\r\n.\r\n"
    inner = f"MAIL FROM:<smuggled@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n"
    inner += f"Message-Id: <s-{name}@example.org>\r\nDate: Sun, 29 Nov 2026 12:00:00 +0000\r\nFrom: b@example.org\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
    end = chance.choice(["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r\n.\r\r\n", "\r\n.\0\r\n", "\n\n.\r\n", "\r\n..\r\n",
                         "\r\n. \r\n"])
    return text + end + inner + chance.choice(["", "\r\n.\r\n"])


def mail(chance, name):
    sender = chance.choices(["<a@example.org>", "<>", " <a@example.org>", "a@example.org", "<a@example.org> BODY=8BITMIME", "<a@example.org> SIZE=100",
                             "<a@example.org> FOO=bar", "<a b@example.org>", '<"a b"@example.org>', "<a@example.org", "<@x.example:a@example.org>",
                             "<\xe4@example.org>", "<a@example.org> SMTPUTF8", "<a@example.org>\tSIZE=1", "<a@example.org> AUTH=<>",
                             "<a@example.org> SIZE=999999999"],
                            [40, 4, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])[0]
    lines = [f"{chance.any_case('MAIL')} {chance.any_case('FROM')}:{sender}"]
    for _ in range(chance.choices([0, 1, 2], [1, 16, 4])[0]):
        to = chance.choices(["<alice@example.org>", "<bob@example.org>", " <alice@example.org>", "alice@example.org", "<alice@example.org> NOTIFY=NEVER",
                             "<alice@elsewhere.example>", "<alice", "<>", "<postmaster>", "<@x.example:alice@example.org>", "<alice@example.org> FOO=x",
                             '<"alice"@example.org>', "<a!b@example.org>", "<alice%x.example@example.org>"],
                            [30, 10, 2, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1])[0]
        lines.append(f"{chance.any_case('RCPT')} {chance.any_case('TO')}:{to}")
    lines.append(chance.choices(["DATA", "data", "DATA ", "DATA x", "BDAT 5 LAST"], [30, 4, 1, 1, 1])[0])
    text = content(chance, name)
    together = chance.maybe(0.25)
    if chance.maybe(0.04):
        return ["\r\n".join(lines) + "\r\n" + text]
    return ["\r\n".join(lines) + "\r\n", text] if together else [*(line + "\r\n" for line in lines), text]


def smtp_other(chance):
    return [chance.any_case(chance.choices(["NOOP", "RSET", "VRFY alice", "EXPN x", "FOO", "", " ", "HELP", "NOOP x", "RSET x", "ETRN x", "GET / HTTP/1.1",
                                            "XCLIENT ADDR=10.9.9.9", "XFORWARD ADDR=10.9.9.9", "QUIT x", "MAIL", "RCPT", "TURN", " NOOP",
                                            "NOOP\t", "DATA", "BDAT 3\r\nabc", "PROXY TCP4 10.9.9.9 10.9.9.9 1 2"],
                                           [10, 8, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])[0]) + "\r\n"]


def hello(chance):
    return chance.choices(["EHLO client.example.org", "HELO client.example.org", "ehlo [192.0.2.1]", "EHLO", "EHLO a b", "EHLO \xe4", "LHLO x",
                           "EHLO " + "x" * 600, "EHLO client.example.org "], [40, 3, 2, 1, 1, 1, 1, 1, 1])[0] + "\r\n"


def smtp_tls(chance):
    return ["STARTTLS\r\n" + chance.choices(["", "MAIL FROM:<injected@example.org>\r\n", "NOOP\r\n", "EHLO x\r\n"], [6, 1, 1, 1])[0], TLS, hello(chance)]


def submission(chance):
    texts = [hello(chance)]
    if chance.maybe(0.2):
        texts += smtp_tls(chance)
    for _ in range(chance.choices([0, 1], [5, 1])[0]):
        texts += smtp_other(chance)
    for _ in range(chance.choices([1, 2, 3], [12, 3, 1])[0]):
        texts += chance.sasl(chance.any_case("AUTH"))
    if chance.maybe(0.6):
        texts += mail(chance, f"m{chance.randrange(10**9)}")
    return texts + (["QUIT\r\n"] if chance.maybe(0.7) else [])


def smtp(chance):
    texts = [hello(chance)]
    if chance.maybe(0.15):
        texts += smtp_tls(chance)
    for _ in range(chance.choices([1, 2], [5, 2])[0]):
        for _ in range(chance.choices([0, 1], [5, 1])[0]):
            texts += smtp_other(chance)
        texts += mail(chance, f"m{chance.randrange(10**9)}")
    return texts + (["QUIT\r\n"] if chance.maybe(0.7) else [])


GRAMMARS = {"imap": imap, "pop3": pop3, "managesieve": sieve, "submission": submission, "smtp": smtp}


# ---- what goes wrong on the way
def spoilt(chance, text):
    """One thing about it is not as it should be."""
    at = chance.randrange(len(text) + 1)
    what = chance.randrange(12)
    if what == 0:
        return text.replace(b"\r\n", b"\n")
    if what == 1:
        return text.replace(b"\r\n", b"\r")
    if what == 2:
        return text[:at] + text[at + 1:]
    if what == 3:
        return text[:at] + text[at:at + 1] * 2 + text[at + 1:]
    if what == 4:
        return text[:-1]
    if what == 5:
        return text.replace(b" ", b"", 1)
    if what == 6:
        return text[:at] + b"x" * chance.choice([600, 2500, 5000, 9000, 13_000]) + text[at:]
    return text[:at] + chance.choice([b"\0", b"\r", b"\n", b"\xff", b"\x80", b" ", b"\t", b'"', b"\\", b"{", b"}", b"(", b"\x1b", b"\r\r\n"]) + text[at:]


def cut(chance, text, parts_crlf):
    """As networks cut; `parts_crlf`: also there."""
    if not chance.maybe(0.25) or len(text) < 2:
        return Flight((text,))
    at = sorted(chance.sample(range(1, len(text)), min(len(text) - 1, chance.randrange(1, 4))))
    at = [each for each in at if parts_crlf or text[each - 1:each + 1] != b"\r\n"]
    return Flight(tuple(text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)))


def stream(protocol, seed):
    chance = Chance(f"{protocol} {seed}")
    texts = GRAMMARS[protocol](chance)
    said = [each if each is TLS else each.encode("latin-1", "replace") for each in texts]
    if chance.maybe(0.35):
        places = [n for n, each in enumerate(said) if each is not TLS and each]
        for n in chance.sample(places, min(len(places), chance.choice([1, 1, 2]))):
            said[n] = spoilt(chance, said[n])
    # Dovecot 2.3's ManageSieve log-in process dies of a CR whose LF has not come, and all who are in it with it.
    bears_cr = protocol != "managesieve"
    if not bears_cr:
        said = [each if each is TLS else re.sub(rb"\r(?!\n)", b"", each) for each in said]
    if chance.maybe(0.1):  # two that come together
        n = chance.randrange(len(said))
        if n + 1 < len(said) and TLS not in said[n:n + 2]:
            said[n:n + 2] = [said[n] + said[n + 1]]
    return [each if each is TLS else cut(chance, each, bears_cr) for each in said if each]
