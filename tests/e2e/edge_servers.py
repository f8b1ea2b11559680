"""Mail servers as they stand behind the edge, and the edge's configuration before them.

Stores are Dovecots with addresses of their own and one set of mailboxes; the relay is a Postfix that asks a store for
passwords and delivers into files. Each is there in the clear, with STARTTLS and over TLS, for clients that go past the
edge, and once more behind the PROXY protocol.
"""

import base64
import os
import re
import signal

import lab
from lab import stage
from mail_clients import TOKEN_KEY
from mailservers import Postfix
from receivers import certificate

EDGE = "127.0.0.1"
STORES = {"store1": "127.0.1.1", "store2": "127.0.1.2"}
RELAY = "127.0.1.5"

DOVECOT_23 = """
log_timestamp = "%Y-%m-%d %H:%M:%S "
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = sql
  args = {folder}/sql.conf
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={work}/home/%u allow_all_users=yes
}}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
}}
"""

SQL_23 = """
driver = sqlite
connect = {path}
default_pass_scheme = PLAIN
password_query = {query}
"""

OAUTH2_23 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""

DOVECOT_24 = """
log_timestamp = "%Y-%m-%d %H:%M:%S "
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
ssl = yes
ssl_server_cert_file = {cert}
ssl_server_key_file = {key}
sql_driver = sqlite
sqlite_path = {path}
oauth2 {{
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {folder}/keys/
      }}
    }}
  }}
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
passdb sql {{
  query = {query}
  default_password_scheme = plain
}}
userdb static {{
  userdb_static_allow_all_users = yes
  fields {{
    uid = nobody
    gid = nogroup
    home = {work}/home/%{{user}}
  }}
}}
sieve_script personal {{
  type = personal
  driver = file
  path = ~/sieve
  active_path = ~/.dovecot.sieve
}}
"""

DOVECOT = """
base_dir = /run/dovecot-{name}
state_dir = {folder}/state
log_path = {folder}/dovecot.log
instance_name = {name}
protocols = imap pop3 sieve
listen = {address}
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer
auth_verbose = yes
auth_failure_delay = 0
auth_cache_size = 0
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
login_trusted_networks = 127.0.0.1
haproxy_trusted_networks = 127.0.0.1
mail_max_userip_connections = 100000
service imap-login {{
  {restarts}
  process_min_avail = 2
  client_limit = 2000
  inet_listener imap_proxied {{
    port = 1143
    haproxy = yes
  }}
}}
service pop3-login {{
  {restarts}
  process_min_avail = 2
  client_limit = 2000
  inet_listener pop3_proxied {{
    port = 1110
    haproxy = yes
  }}
}}
service managesieve-login {{
  {restarts}
  inet_listener sieve_proxied {{
    port = 5190
    haproxy = yes
  }}
}}
service imap {{
  process_limit = 2000
}}
{relays}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

# Of the first store, which the relay asks.
FOR_RELAY = """
service auth {{
  unix_listener {work}/queue/private/auth {{
    mode = 0666
  }}
}}
"""

RELAY_MAIN = """
inet_interfaces = 127.0.0.1
default_transport = sink
relay_domains = example.org
relay_transport = sink
notify_classes =
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_tls_security_level = may
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated,reject
"""

RELAY_MASTER = """
{address}:587 inet n - n - - smtpd
{address}:465 inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
{address}:1587 inet n - n - - smtpd
  -o smtpd_upstream_proxy_protocol=haproxy
tlsmgr unix - - n 1000 1 tlsmgr
{address}:25 inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=no
  -o smtpd_relay_restrictions=reject_unauth_destination
sink unix - n n - 10 pipe
  user=nobody argv=/bin/sh {work}/sink.sh $queue_id ${{client_address}} ${{sasl_username}} ${{sender}} ${{recipient}}
"""

# Each mail, and beside it whom it came from: the client's address, its account, the sender, the recipients.
SINK = """
mail=$1
shift
cat >{work}/sink/$mail
printf '%s\\n' "$*" >>{work}/envelopes/$mail
"""


def listens(address, port):
    """Asks the kernel: a connection would be logged."""
    return bool(stage.run("ss", "-Hltn", f"src {address}:{port}").stdout.strip())


class Store:
    """One Dovecot, killed and started again at will."""

    PORTS = [143, 993, 110, 995, 4190, 1143, 1110, 5190]

    def __init__(self, tree, work, passwords, name, pair):
        self.tree, self.name, self.address = tree, name, STORES[name]
        self.folder = work / name
        self.conf, self.log = self.folder / "dovecot.conf", self.folder / "dovecot.log"
        self.version = re.match(r"[\d.]+", tree.run("dovecot", "--version"))[0]
        new = self.version.startswith("2.4")
        for path in [self.folder, self.folder / "state", work / "home", work / "queue", work / "queue/private"]:
            path.mkdir(exist_ok=True)
        (work / "home").chmod(0o777)
        names = ("%{user}", "%{remote_ip}") if new else ("%u", "%r")
        query = passwords.QUERY.format(user=names[0], address=names[1])
        (self.folder / "sql.conf").write_text(SQL_23.format(path=passwords.path, query=query))
        (self.folder / "oauth2.conf").write_text(OAUTH2_23.format(folder=self.folder))
        keys = self.folder / "keys/default/HS256"  # of whom, of which kind
        keys.mkdir(parents=True)
        (keys / "default").write_bytes(base64.b64encode(TOKEN_KEY))
        key, cert = pair
        values = {"work": work, "folder": self.folder, "name": name, "address": self.address, "path": passwords.path,
                  "query": query, "key": key, "cert": cert,
                  "relays": FOR_RELAY.format(work=work) if name == "store1" else "",
                  "restarts": "restart_request_count = unlimited" if new else "service_count = 0"}
        head = f"dovecot_config_version = {self.version}\ndovecot_storage_version = {self.version}\n" if new else ""
        text = DOVECOT_24 + DOVECOT if new else DOVECOT + DOVECOT_23
        self.conf.write_text(head + text.format(**values))

    def start(self):
        self.tree.run("dovecot", "-c", str(self.conf))
        stage.wait_for(lambda: all(listens(self.address, port) for port in self.PORTS), self.name)

    def stop(self):
        self.tree.run("doveadm", "-c", str(self.conf), "stop", check=False)

    def kill(self):
        """As a machine that loses its power: nobody says goodbye. Its children are found by their parent."""
        parent = int((self.tree.root / f"run/dovecot-{self.name}/master.pid").read_text())
        children = stage.run("ps", "-o", "pid=", "--ppid", str(parent)).stdout.split()
        for number in [parent, *map(int, children)]:
            os.kill(number, signal.SIGKILL)
        stage.wait_for(lambda: not listens(self.address, 143), f"the end of {self.name}")
        (self.tree.root / f"run/dovecot-{self.name}/master.pid").unlink(missing_ok=True)

    def text(self):
        return self.log.read_text()


class Relay(Postfix):
    def __init__(self, tree, work, pair):
        key, cert = pair
        self.sink, self.envelopes = work / "sink", work / "envelopes"
        for folder in [self.sink, self.envelopes]:
            folder.mkdir()
            folder.chmod(0o777)
        (work / "sink.sh").write_text(SINK.format(work=work))
        super().__init__(tree, work, more=RELAY_MAIN.format(key=key, cert=cert),
                         services=RELAY_MASTER.format(address=RELAY, work=work))

    def is_up(self):
        return all(listens(RELAY, port) for port in [587, 465, 1587, 25])

    def mails(self, part):
        """What was delivered and has these bytes in it."""
        return [text for text in (path.read_bytes() for path in self.sink.iterdir()) if part in text]


def pair_of(work, name):
    """Key and certificate that name all of our hosts."""
    return certificate(work, name, "DNS:mail.example.org,DNS:store1,DNS:store2,DNS:relay")


# ---- the edge
CERTIFICATE = """
[[certificate]]
chain = "{cert}"
key = "{key}"
"""

ENTRANCE = """
[[edge]]
name = "{name}"
protocol = "{protocol}"
listen = ["127.0.0.1:{port}", "[::1]:{port}"]
tls = "{tls}"
plain_without_tls = {bare}
host = "mail.example.org"
servers = {servers}
"""

SERVER = """
[[server]]
name = "{name}"
protocol = "{protocol}"
address = "{address}:{port}"
forward = "{forward}"
tls = "{tls}"
ca_file = "{ca}"
tls_name = "mail.example.org"
"""

# protocol: ports in the clear and over TLS, the way of forwarding with which these are served (the edge knows no XCLIENT
# for ManageSieve); the server's port behind the PROXY protocol. Port 25 has tests of its own.
PROTOCOLS = {"imap": (143, 993, "id", 1143), "pop3": (110, 995, "xclient", 1110),
             "managesieve": (4190, None, "proxy", 5190), "submission": (587, 465, "xclient", 1587)}
PROXIED = {protocol: 10_000 + each[3] for protocol, each in PROTOCOLS.items()}  # the edge's ports before these
SECURED = {"imap": 20_143, "pop3": 20_110, "managesieve": 24_190, "submission": 20_587}  # TLS behind the edge too


def servers_of(protocol):
    return {"relay": RELAY} if protocol == "submission" else STORES


def entrances_of(protocol, write):
    clear, secure, _, proxied = PROTOCOLS[protocol]
    names = list(servers_of(protocol))
    write(f"{protocol}", protocol, clear, "starttls", names)
    if secure:
        write(f"{protocol}s", protocol, secure, "implicit", names)
    write(f"{protocol}-proxied", protocol, PROXIED[protocol], "none", [f"{names[0]}-proxied"])
    write(f"{protocol}-secured", protocol, SECURED[protocol], "implicit", [f"{names[0]}-secured"])


def configuration(work, pair, ca):
    """All entrances, each with TLS as it needs it; passwords may come in the clear as far as there is no TLS."""
    parts = [lab.SERVE.format(work=work), 'metrics = "127.0.0.1:9391"\n', CERTIFICATE.format(key=pair[0], cert=pair[1])]

    def entrance(name, protocol, port, tls, servers):
        parts.append(ENTRANCE.format(name=name, protocol=protocol, port=port, tls=tls, servers=str(servers).replace("'", '"'),
                                     bare="false" if tls == "implicit" else "true"))

    def server(name, protocol, address, port, forward, tls="none"):
        parts.append(SERVER.format(name=name, protocol=protocol, address=address, port=port, forward=forward, tls=tls, ca=ca))

    for protocol, (clear, secure, forward, proxied) in PROTOCOLS.items():
        entrances_of(protocol, entrance)
        places = servers_of(protocol)
        first = next(iter(places))
        for name, address in places.items():
            server(name, protocol, address, proxied if forward == "proxy" else clear, forward)
        server(f"{first}-proxied", protocol, places[first], proxied, "proxy")
        server(f"{first}-secured", protocol, places[first], secure or proxied, forward, "implicit" if secure else "starttls")
    return "".join(parts)


def ports():
    return [port for protocol, (clear, secure, _, _) in PROTOCOLS.items()
            for port in [clear, secure, PROXIED[protocol], SECURED[protocol]] if port]


class World:
    """Two stores, a relay, and the edge before them."""

    def __init__(self, program, tree, more="", more_ports=(), descriptors=None):
        """`more`: of the edge's configuration, which has a certificate; it then listens on `more_ports` too. With `descriptors` it
        has no more than so many."""
        self.work = lab.workplace()
        self.tree = lab.Tree(tree, self.work)
        with open(self.tree.root / "etc/hosts", "a") as hosts:
            hosts.write(f"{EDGE} mail.example.org\n")
        self.passwords = lab.Passwords(self.work / "passwords")
        behind = pair_of(self.work, "servers")
        self.stores = {name: Store(self.tree, self.work, self.passwords, name, behind) for name in STORES}
        self.relay = Relay(self.tree, self.work, behind)
        self.pair = pair_of(self.work, "edge")
        text = configuration(self.work, self.pair, behind[1]) + more
        self.tidegate = lab.Tidegate(program, self.work, text, [9391, *ports(), *more_ports], descriptors)

    def start(self):
        for each in [*self.stores.values(), self.relay, self.tidegate]:
            each.start()

    def stop(self):
        self.tidegate.end()
        self.relay.stop()
        for store in self.stores.values():
            store.stop()
