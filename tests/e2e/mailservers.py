"""Real Dovecot and Postfix in a tree, for the end-to-end tests: configured as docs/doors.md says."""

import re

from lab import stage

ATTRIBUTES_23 = ("login=%{requested_username} pwhash=%{hashed_password} remote=%{rip} device_id=%{client_id} protocol=%s "
                 "session_id=%{session} attrs/guess=%4.65536Nw attrs/rport=%{rport} attrs/mech=%m")

DOVECOT_23 = """
log_timestamp = "%Y-%m-%d %H:%M:%S "
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
haproxy_trusted_networks = {haproxy}
auth_policy_server_timeout_msecs = 1000
auth_policy_request_attributes = {attributes}
auth_cache_size = 0
passdb {{
  driver = sql
  args = {work}/dovecot-sql.conf
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={work}/home/%u allow_all_users=yes
}}
"""

SQL_23 = """
driver = sqlite
connect = {path}
default_pass_scheme = PLAIN
password_query = {query}
"""

DOVECOT_24 = """
log_timestamp = "%Y-%m-%d %H:%M:%S "
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
haproxy_trusted_networks = {haproxy}
auth_cache_size = 0
sql_driver = sqlite
sqlite_path = {path}
auth_policy_request_attributes {{
  login = %{{requested_username}}
  pwhash = %{{hashed_password}}
  remote = %{{remote_ip}}
  device_id = %{{client_id}}
  protocol = %{{protocol}}
  session_id = %{{session}}
  fail_type = %{{fail_type}}
  attrs/guess = %{{password | sha256 | hexlify | substr(0, 4)}}
  attrs/rport = %{{remote_port}}
  attrs/mech = %{{mechanism}}
}}
auth_policy {{
  http_client_request_absolute_timeout = 1s
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
"""

DOVECOT = """
base_dir = /run/dovecot
state_dir = {work}/state
log_path = {work}/dovecot.log
protocols = imap
listen = 127.0.0.1, ::1
ssl = no
auth_mechanisms = plain login
auth_verbose = yes
auth_verbose_passwords = sha1:4
auth_failure_delay = 0
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
login_trusted_networks =
{policy}
service imap-login {{
  inet_listener imap {{
    port = {imap}
    {listener}
  }}
  inet_listener imaps {{
    port = 0
  }}
  {restarts}
  process_min_avail = 2
  client_limit = 1000
}}
service auth {{
  unix_listener {work}/queue/private/auth {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

POLICY = """
auth_policy_server_url = http://127.0.0.1:4080/
auth_policy_server_api_header = X-API-Key: secret
auth_policy_hash_nonce = nonce
auth_policy_reject_on_fail = no
"""


class Dovecot:
    """`asks`: whether it has the auth policy. `proxied`: its clients come by PROXY protocol."""

    def __init__(self, tree, work, passwords, *, asks=True, imap=143, proxied=False):
        self.tree, self.port = tree, imap
        self.conf = work / "dovecot.conf"
        self.log = work / "dovecot.log"
        self.version = re.match(r"[\d.]+", tree.run("dovecot", "--version"))[0]
        new = self.version.startswith("2.4")
        names = ("%{user}", "%{remote_ip}") if new else ("%u", "%r")
        query = passwords.QUERY.format(user=names[0], address=names[1])
        for name in ["state", "home", "queue", "queue/private"]:
            (work / name).mkdir(exist_ok=True)
        (work / "home").chmod(0o777)
        (work / "dovecot-sql.conf").write_text(SQL_23.format(path=passwords.path, query=query))
        values = {"work": work, "imap": imap, "path": passwords.path, "query": query, "attributes": ATTRIBUTES_23,
                  "haproxy": "127.0.0.1" if proxied else "", "policy": POLICY if asks else "",
                  "restarts": "restart_request_count = unlimited" if new else "service_count = 0",
                  "listener": "haproxy = yes" if proxied else ""}
        head = f"dovecot_config_version = {self.version}\ndovecot_storage_version = {self.version}\n" if new else ""
        text = DOVECOT_24 + DOVECOT if new else DOVECOT + DOVECOT_23
        if new and not asks:
            text = re.sub(r"auth_policy\w* \{\{.*?^\}\}\n", "", text, flags=re.DOTALL | re.MULTILINE)
        self.conf.write_text(head + text.format(**values))

    def start(self):
        self.tree.run("dovecot", "-c", str(self.conf))
        stage.wait_for(lambda: stage.bound(self.port), "dovecot")

    def stop(self):
        self.tree.run("doveadm", "-c", str(self.conf), "stop", check=False)


# docs/doors.md, "Postfix".
POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {work}/queue
data_directory = {work}/postfix-data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx1.example.org
mydomain = example.org
mydestination =
alias_maps =
local_recipient_maps =
relay_domains =
inet_protocols = all
mynetworks = 192.0.2.99/32
maillog_file = {work}/postfix.log
maillog_file_prefixes = /
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
default_process_limit = 90
"""

BEFORE_DOORS = """
inet_interfaces = 127.0.0.1, [::1]
default_transport = discard:test
smtpd_sasl_auth_enable = no
smtpd_tls_security_level = none
"""

BEFORE_DOORS_MASTER = """
587 inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_delay_reject=no
  -o {{ smtpd_client_restrictions = check_policy_service {{ inet:127.0.0.1:4081, timeout=2s, default_action=DUNNO }} }}
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
2525 inet n - n - - smtpd
  -o {{ smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service {{ inet:127.0.0.1:4081, timeout=2s, default_action=DUNNO }} }}
"""

POSTFIX_MASTER = """
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
proxymap  unix  - - n - - proxymap
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`more` of main.cf, and the `services` of master.cf by which clients come in."""

    def __init__(self, tree, work, more=BEFORE_DOORS, services=BEFORE_DOORS_MASTER.format()):
        self.tree = tree
        self.conf = work / "postfix"
        self.log = work / "postfix.log"
        (work / "postfix-data").mkdir()
        self.conf.mkdir()
        (work / "queue" / "private").mkdir(parents=True, exist_ok=True)
        tree.run("chown", "postfix:", str(work / "postfix-data"))
        tree.run("chown", "postfix:root", str(work / "queue" / "private"))
        (self.conf / "main.cf").write_text(POSTFIX_MAIN.format(work=work) + more)
        (self.conf / "master.cf").write_text(services + POSTFIX_MASTER)

    @property
    def version(self):
        return self.tree.run("postconf", "-d", "-h", "mail_version").strip()

    def start(self):
        self.tree.run("postfix", "-c", str(self.conf), "start")
        stage.wait_for(self.is_up, "postfix")

    def is_up(self):
        return stage.bound(587) and stage.bound(2525)

    def stop(self):
        self.tree.run("postfix", "-c", str(self.conf), "stop", check=False)


# One rule, so that a test says which mail is unwanted; docs/edge.md, "What the content filter says".
RSPAMD = """
options {{
  pidfile = "{work}/rspamd.pid";
  filters = "";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
  cache_file = "{work}/symbols.cache";
  hs_cache_dir = "{work}";
  maps_cache_dir = "{work}";
  temp_dir = "{work}";
  dynamic_conf = "{work}/dynamic";
  url_tld = "/usr/share/rspamd/effective_tld_names.dat";
}}
logging {{ type = "file"; filename = "{work}/rspamd.log"; level = "info"; }}
actions {{ reject = 15; add_header = 6; greylist = null; }}
worker "rspamd_proxy" {{
  bind_socket = "{milter}";
  count = 1;
  milter = yes;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
lua = "{work}/rules.lua";
modules {{ path = "/usr/share/rspamd/plugins/metadata_exporter.lua"; }}
metadata_exporter {{
  rules {{
    TIDEGATE {{
      backend = "http";
      url = "http://{door}/v1/content";
      user = "tidegate";
      password = "secret";
      selector = "default";
      formatter = "json";
      mime_type = "application/json";
    }}
  }}
}}
"""
RSPAMD_RULES = """
local function says(word, score)
  rspamd_config[word] = {
    callback = function(task) return (task:get_subject() or ''):find(word, 1, true) ~= nil end,
    score = score,
  }
end
says('DOUBTFUL', 8)
says('HOPELESS', 20)
"""


class Rspamd:
    """Asked as a milter at `milter`; it tells the API door at `door`, whose key is `secret`, of all mail."""

    def __init__(self, tree, work, milter, door):
        self.tree, self.milter, self.work = tree, milter, work / "rspamd"
        self.work.mkdir()
        self.work.chmod(0o777)
        (self.work / "rules.lua").write_text(RSPAMD_RULES)
        (self.work / "rspamd.conf").write_text(RSPAMD.format(work=self.work, milter=milter, door=door))

    def start(self):
        self.tree.run("rspamd", "--insecure", "-u", "root", "-g", "root", "-c", str(self.work / "rspamd.conf"))
        stage.wait_for(lambda: stage.bound(int(self.milter.rpartition(":")[2])), "rspamd")

    def stop(self):
        self.tree.run("pkill", "-F", str(self.work / "rspamd.pid"), check=False)
