"""Where the edge and the servers may answer differently, each case with its reason: anything else that servers_edge_differ.py
sees is a finding.

A case looks at the first flight that was answered differently: what was sent, and both answers. There the streams part; what
comes later is compared no more, but for what the edge believes of those whom the servers let in, and of what they deliver.
"""

import base64
import binascii
import re
import typing

import differ_talk
from differ_streams import TLS

MOST = 1024  # bytes of an account or a password, at the edge


class Look(typing.NamedTuple):
    """Both answers to one flight, of all that was sent before; `earlier`: what the server had answered until then."""

    protocol: str
    sent: bytes
    before: bytes
    server: bytes
    edge: bytes
    earlier: bytes
    is_tls: bool  # the flight is a handshake

    def kinds(self, answer):
        return list(differ_talk.KINDS[self.protocol](answer))

    @property
    def line(self):
        """SMTP has an answer for each line: the first one that was answered differently. Without its LF."""
        ours, its = self.kinds(self.edge), self.kinds(self.server)
        n = next((n for n, (one, other) in enumerate(zip(ours, its)) if one != other), min(len(ours), len(its)))
        lines = ((self.before + self.sent)[self.before.rfind(b"\n") + 1:]).split(b"\n")
        return lines[min(n, len(lines) - 1)]

    def reply(self, answer):
        """The edge's or the server's to that line."""
        n = next((n for n, (one, other) in enumerate(zip(self.kinds(self.edge), self.kinds(self.server))) if one != other), -1)
        replies = re.findall(rb"(?m)^\d\d\d(?: .*)?$", answer)
        return replies[n] if n < len(replies) and replies else b""


CASES = []


def case(reason, *protocols):
    def keep(looks_so):
        CASES.append((reason, protocols, looks_so))
        return looks_so
    return keep


def find(outcome, at):
    """The reason why this may be, or nothing."""
    def heard(where):
        replies = outcome.said[where].replies
        return replies[at] if at < len(replies) else b""
    flights = [b"" if each is TLS else each.text for each in outcome.flights]
    is_tls = 0 < at <= len(flights) and outcome.flights[at - 1] is TLS
    look = Look(outcome.protocol, flights[at - 1] if 0 < at <= len(flights) else b"", b"".join(flights[:max(0, at - 1)]),
                heard("server"), heard("edge"), b"".join(outcome.said["server"].replies[:at]), is_tls)
    for reason, protocols, looks_so in CASES:
        if outcome.protocol in protocols and looks_so(look) and (looks_so is says_no_twice or not lets_in_more(look)):
            return reason
    return None


def lets_in_more(look):
    """Whom the server refuses must not get in through the edge, whatever the reason for different answers."""
    let_in = re.compile(rb"Logged in|^235 ", re.MULTILINE)
    return len(let_in.findall(look.edge)) > len(let_in.findall(look.server))


def refusals_alike(protocol, kind):
    """RFC 9051 6.2.2 and RFC 4959 3 have BAD for what is no exchange and for what was cancelled, where Dovecot says NO at times:
    nobody is let in either way, and the tag is the same."""
    return kind.replace(" BAD", " NO") if protocol == "imap" else kind


# ---- whom the server was asked of
OWN_WORDS = re.compile(rb"no response of this mechanism|no such account or password|LOGIN takes an account|nvalid authentication exchange|"
                       rb"Cannot read that response|Authentication aborted|Invalid account|USER comes first|Too long|too long")


def asks_less(outcome):
    """What is no account, or no exchange, the edge refuses itself: the servers' password database is not asked."""
    edge, server = (set(outcome.became[where]["asked of"]) for where in ["edge", "server"])
    return edge < server and OWN_WORDS.search(b"".join(outcome.said["edge"].replies))


def asks_more(outcome):
    """RFC 9051 has 7 bits in atoms, and Dovecot insists; the edge lets a password be typed as it is, and the server decides."""
    return outcome.protocol == "imap" and b"8bit data in atom" in b"".join(outcome.said["server"].replies)


# ---- SASL
def improper(mechanism, text):
    """Whether it is no response that the RFCs have. Dovecot is laxer: it skips blanks and what comes behind the padding."""
    try:
        message = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return True
    if base64.b64encode(message) != text or not message:
        return True
    words = message.split(b"\0")
    if mechanism == b"PLAIN":
        return len(words) != 3 or any(len(word) > MOST for word in words) or not words[1] or not words[2] or has_control(words[0] + words[1])
    if mechanism == b"LOGIN":
        return len(words) != 1 or len(message) > MOST or has_control(message)
    if mechanism == b"XOAUTH2":
        return not re.fullmatch(rb"user=[^\x00-\x1f]+\x01auth=[\x20-\x7e]+\x01\x01", message)
    if mechanism == b"OAUTHBEARER":
        return not re.fullmatch(rb"[ny],(a=[^\x00-\x1f,]+)?,\x01([a-z]+=[\x20-\x7e]*\x01)*auth=[\x20-\x7e]+\x01([a-z]+=[\x20-\x7e]*\x01)*\x01", message) \
            and message != b"\x01"
    if mechanism.startswith(b"SCRAM"):
        return not re.fullmatch(rb"[ny],(a=[^\x00-\x1f,]+)?,n=([^\x00-\x1f,=]|=2C|=3D)+,r=[\x21-\x2b\x2d-\x7e]+|c=.*", message)
    return False


def has_control(text):
    return bool(re.search(rb"[\x00-\x1f\x7f]", text))


AUTH = re.compile(rb"(?im)^[^\r\n ]* *(?:AUTH|AUTHENTICATE)[ \t]+\"?(?:\{\d+\+?\}\r\n)?([A-Z0-9-]+)")


def responses(look):
    """The mechanism under way, and what may be responses in the flight."""
    mechanisms = AUTH.findall(look.before + look.sent)
    mechanism = mechanisms[-1].upper() if mechanisms else b""
    if look.protocol == "managesieve":
        said = re.findall(rb'"([^"\r\n]*)"', look.sent) + re.findall(rb"\{\d+\+\}\r\n([^\r\n]*)", look.sent)
        return mechanism, [each for each in said if each.upper() != mechanism]
    lines = []
    for line in look.sent.split(b"\n"):
        line = line.removesuffix(b"\r")
        found = re.match(rb"(?i)(?:\S+ +)?(?:AUTHENTICATE|AUTH) +\S+ ?", line)
        lines.append(line[found.end():] if found else line)
    return mechanism, [line for line in lines if line]


REFUSES_RESPONSE = re.compile(rb"no response of this mechanism|nvalid authentication exchange|501 5\.5\.2 Cannot read|500 5\.5\.6|Too long|Authentication aborted")


@case("a response that the mechanism does not have is refused at once; Dovecot is laxer, or tells the reason in a challenge first",
      "imap", "pop3", "managesieve", "submission")
def refuses_response(look):
    mechanism, said = responses(look)
    return bool(REFUSES_RESPONSE.search(look.edge)) and (any(improper(mechanism, each) for each in said) or not said)


@case("a response is alone on its line (RFC 5804 2.1); behind one that is a literal Dovecot reads over what follows", "managesieve")
def wants_responses_alone(look):
    return re.search(rb"\{\d+\+\}\r?\n[^\r\n]+$", look.before) and b"Invalid authentication exchange" in look.edge


@case("of an account that Dovecot would not have (auth_username_chars) LOGIN asks for the password all the same: who has which accounts is "
      "the servers' to know", "imap", "pop3", "managesieve", "submission")
def asks_for_password(look):
    mechanism, said = responses(look)
    return mechanism == b"LOGIN" and b"UGFzc3dvcmQ6" in look.edge and b"UGFzc3dvcmQ6" not in look.server and \
        not all(re.fullmatch(rb"[A-Za-z0-9.@_-]*", decoded(each)) for each in said)


def decoded(text):
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b"?!"


@case("Dovecot's ManageSieve says NO once more to what was no exchange, when the next exchange has begun", "managesieve")
def says_no_twice(look):
    return re.match(rb'NO "Authentication failed\."\r\n', look.server) and re.search(rb'NO "(Invalid base64|Authentication )', look.earlier) and \
        re.match(rb'"|OK', look.edge)


# ---- what is said before a log-in
@case("Dovecot hangs up at the fourth command that is none, the edge at the eleventh", "imap", "pop3", "managesieve")
def hangs_up_sooner(look):
    return b"Too many invalid" in look.server and b"Too many" not in look.edge


@case("a line that is longer than Dovecot's buffer ends the session there; the edge reads 8,192 bytes", "imap", "pop3", "managesieve")
def reads_longer_lines(look):
    is_long = len(max((look.before + look.sent).split(b"\n"), key=len)) > MOST
    return is_long and (b"Input buffer full" in look.server or not look.server)


@case("a line that is longer than the edge's buffer ends the session", "imap", "pop3", "managesieve", "submission")
def reads_shorter_lines(look):
    is_long = len(max((look.before + look.sent).split(b"\n"), key=len)) > 8000
    return is_long and re.search(rb"[Tt]oo long", look.edge)


@case("what was said behind STARTTLS in the clear is thrown away (RFC 3207 4.2, CVE-2011-0411); Dovecot takes it for TLS, which then fails",
      "imap", "pop3", "managesieve")
def throws_away(look):
    return look.is_tls and not look.server and re.search(rb"(?i)(STARTTLS|STLS)\r?\n.", look.before)


@case("XCLIENT is none of a client's business; Dovecot says that it ignores it", "pop3")
def knows_no_xclient(look):
    return re.match(rb"(?i)XCLIENT", look.sent) and b"ignoring" in look.server and look.edge.startswith(b"-ERR")


@case("ENABLE comes after the log-in (RFC 9051 6.3.1); Dovecot says that it ignores it", "imap")
def enables_nothing(look):
    return b"ENABLE ignored" in look.server and b"not before the login" in look.edge


@case("ID wants NIL or a list (RFC 2971 3.1); Dovecot does without", "imap")
def wants_id_list(look):
    return re.search(rb"(?im)^\S+ +ID *\r?$", look.sent) and b"ID takes NIL or a list" in look.edge


@case("a blank stands between LOGIN's words (RFC 9051 9); Dovecot does without behind a literal or a quote", "imap")
def wants_blanks(look):
    tail = (look.before + look.sent)[-4096:]
    return re.search(rb"(?i)LOGIN ", tail) and b"LOGIN takes an account" in look.edge and \
        re.search(rb"""\{\d+\+?\}\r?\n[^\r\n ]*["{]|"[^ \r\n"]*"["{A-Za-z0-9]""", tail)


@case("NOOP, CAPABILITY, LOGOUT and STARTTLS have no arguments (RFC 9051 9); Dovecot reads over them", "imap")
def wants_no_arguments(look):
    return re.search(rb"(?i) (NOOP|CAPABILITY|LOGOUT|STARTTLS) +\S", look.sent) and b"The command takes no arguments" in look.edge


@case("to Dovecot a tag that is very long is none, and the answer has a star in its place", "imap")
def bears_long_tags(look):
    return re.search(rb"(?m)^[^ \r\n]{100,}", look.sent) and look.server.startswith(b"* BAD Error in IMAP command") and b" BAD " in look.edge


@case("a literal that does not wait belongs to its command whatever that is (RFC 7888 4); Dovecot reads it as the next line where it knows no such "
      "command", "imap", "managesieve")
def reads_literals(look):
    has_literal = re.search(rb"\{\d+\+\}\r?\n", look.sent)
    refused = {"imap": rb" BAD ", "managesieve": rb"^NO |^BYE"}[look.protocol]
    return has_literal and re.search(refused, look.edge) and len(look.kinds(look.server)) > len(look.kinds(look.edge)) and \
        not re.search(rb"OK|^\"", look.server)


@case("a literal that waits is refused where the edge expects none, or one so long, before it comes", "imap")
def awaits_no_literal(look):
    return re.search(rb"\{\d+\}\r?\n", look.sent) and re.search(rb"No literal is expected there|Too long a literal", look.edge)


@case("ManageSieve's clients send literals that do not wait, and no others (RFC 5804 4): what has another head has no end that all agree on",
      "managesieve")
def knows_literals(look):
    return b'BYE "Invalid literal."' in look.edge and re.search(rb"\{(?!\d+\+\}\r?\n)|\{\d+\+\}(?!\r?\n)|[^ ]\{|\r[^\n]", look.sent)


@case("only LF ends a line; Dovecot acts upon a CR where it comes, or reads over it", "imap", "pop3", "managesieve")
def waits_for_lf(look):
    return bool(re.search(rb"\r(?!\n)", look.before[-2:] + look.sent))


@case("Dovecot answers to a blank where a tag belongs before the line is there", "imap")
def waits_for_the_line(look):
    return re.search(rb"\n[ \t]+\Z|\A[ \t]+\Z", look.sent) and re.search(rb"\* BAD", look.server)


@case("an account with control characters, or none at all, is refused at USER and not at PASS", "pop3")
def refuses_user(look):
    return b"-ERR Invalid account." in look.edge and re.search(rb"(?i)USER( *|.*[\x00-\x1f\x7f].*|.{1025,})\r?\n", look.sent, re.DOTALL)


@case("AUTH and two blanks: Dovecot reads an empty mechanism, and lists those that it has", "pop3")
def names_no_mechanism(look):
    return re.search(rb"(?i)AUTH  ", look.sent) and b"Invalid mechanism" in look.edge


# ---- SMTP
@case("who is not logged in may not begin a mail (RFC 6409 4.3); Postfix says so at RCPT", "submission")
def refuses_mail(look):
    return re.match(rb"(?i)(MAIL|RCPT|DATA|BDAT|VRFY|ETRN|EXPN|HELP)\b", look.line) and look.reply(look.edge).startswith(b"530")


@case("CR LF ends a line, and CR or LF alone is no part of one (RFC 5321 2.3.8); Postfix 3.7 takes LF for it", "submission", "smtp")
def wants_line_ends(look):
    tail = look.before[look.before.rfind(b"\n") + 1:] + look.sent
    answer = look.reply(look.edge)
    return re.search(rb"\r(?!\n)|(?<!\r)\n", tail) and re.match(rb"500 5\.5\.2 Lines end with|550 5\.6\.0 CR or LF stands alone|421 ", answer)


@case("a command has no control characters; Postfix reads up to a NUL, and over others", "submission", "smtp")
def wants_text(look):
    return has_control(look.line.removesuffix(b"\r")) and re.match(rb"500 5\.5\.2 (Syntax error|Lines end)|421 ", look.reply(look.edge))


@case("a command has 512 bytes (RFC 5321 4.5.3.1.4); Postfix reads 2,048, and goes on in the next", "submission", "smtp")
def wants_short_lines(look):
    return len(max(look.sent.split(b"\n"), key=len)) > 510 and re.search(rb"Line too long|line is too long", look.edge)


@case("AUTH is an extension, which EHLO asks for (RFC 4954 4); Postfix takes it behind HELO, or nothing", "submission")
def wants_ehlo(look):
    return re.match(rb"(?i)AUTH\b", look.line) and b"503 5.5.1 EHLO comes first" in look.edge


@case("one name of a domain's 255 bytes belongs to EHLO (RFC 5321 4.1.1.1); Postfix takes the first word", "submission", "smtp")
def wants_one_name(look):
    return re.match(rb"(?i)(EHLO|HELO)[ \t]+(\S+[ \t]+\S|\S{256})", look.line) and look.reply(look.edge).startswith(b"501")


@case("a mail begins behind EHLO or HELO (RFC 5321 4.1.4); Postfix does without", "smtp")
def wants_hello(look):
    return re.match(rb"(?i)MAIL\b", look.line) and b"503 5.5.1 EHLO comes first" in look.edge


@case("ETRN, EXPN and VRFY are not for strangers, and BDAT is not offered: in it CR and LF may stand alone", "smtp")
def does_not_offer(look):
    return re.match(rb"(?i)(ETRN|EXPN|VRFY|BDAT)\b", look.line) and re.search(rb"502 5\.5\.1|252 2\.0\.0", look.edge)


@case("what does not begin with a letter is no SMTP, and hung up on; Postfix reads over blanks", "smtp")
def hangs_up_on_what_is_none(look):
    return re.match(rb"[^A-Za-z]", look.line) and b"421 4.7.0 mail.example.org This is a mail server" in look.edge


@case("a name that is no UTF-8 is passed on with question marks in it; Postfix refuses it", "submission", "smtp")
def takes_any_name(look):
    return re.match(rb"(?i)(EHLO|HELO)\b.*[\x80-\xff]", look.line) and b"bad UTF-8" in look.server


@case("Postfix hangs up on what looks like another protocol; the edge does, or counts it as an error", "submission", "smtp")
def hears_others_out(look):
    return b"I can break rules, too" in look.server and not re.match(rb"[2-3]", look.reply(look.edge))


@case("HELP has an answer (RFC 5321 4.1.1.8); Postfix knows no such command", "submission", "smtp")
def helps(look):
    return re.match(rb"(?i)HELP\b", look.line) and look.reply(look.edge).startswith(b"214")


@case("the edge hangs up after fewer errors than Postfix", "submission", "smtp")
def hangs_up_on_errors(look):
    return re.search(rb"421 4\.7\.0 \S+ Too many", look.edge)


@case("who speaks out of turn is refused by Postfix 3.10 (smtpd_forbid_unauth_pipelining); to the edge it is evidence, and what it sends on it sends "
      "in turn", "submission", "smtp")
def bears_early_talk(look):
    return b"554 5.5.0 Error: SMTP protocol synchronization" in look.server
