// What the daemon says and takes: docs/api-openapi.yaml and docs/control-openapi.yaml. The mock's answers have these types and are
// held against those files, so that neither drifts.

export type Role = "look" | "support" | "act" | "administer";
export type Mode = "watch" | "act";
export type Posture = "calm" | "watch" | "storm";
/** RFC 3339 */
export type Time = string;

export interface Session {
    name: string;
    role: Role;
    csrf?: string;
    expires: Time | null;
}

export interface Traffic {
    successes: number;
    failures: number;
    stopped: number;
    would_stop: number;
    would_stop_successes: number;
}

export interface LatestRefusal {
    code: string;
    time: Time;
    address: string;
    account: string;
    service: string;
    sum: number;
    measure: string;
    evidence: string;
}

export interface Door {
    listen: string;
    kind: string;
    questions: number;
    unjudged: number;
    broken: number;
    connections: number;
}

export interface LogSource {
    name: string;
    lines: number;
    unknown: number;
    bytes_behind: number;
    trouble: string;
}

export interface BlockList {
    name: string;
    state: "testing" | "in use" | "suspended";
    queries: number;
    named: number;
    timeouts: number;
    late: number;
    not_asked: number;
    why: string;
}

export interface Firewall {
    wanted: number;
    in_force: number;
    waiting: number;
    networks: number;
    spared: number;
    evicted: number;
    dropped_packets: number;
    sessions_ended: number;
    error: string;
}

export type Counts = Record<string, number>;

export interface Edge {
    pressure: number;
    sessions: Counts;
    counts: Counts;
    handshakes: Counts;
    wrong_passwords: Counts;
    mail: Counts;
}

export interface Server {
    server: string;
    state: "up" | "slow start" | "draining" | "down" | "quarantined" | "removed";
    since: Time | null;
    why: string;
    author: string;
    until: Time | null;
    also?: { state: "draining" | "down"; why: string; author: string; until: Time | null } | null;
    sessions: number;
    waiting: number;
    leaving: number;
    most_sessions: number;
    weight: number;
    weight_now: number;
    share: number;
    fair_share: number;
    log_ins_a_second: number;
    may_log_in_a_second: number;
    limit: number;
    in_flight: number;
    queued: number;
}

export interface DomainMove {
    domain: string;
    listener: string;
    since: Time;
    /** null: until it is moved back */
    until: Time | null;
    author: string;
    reason: string;
}

export interface Listener {
    listener: string;
    protocol: "imap" | "pop3" | "managesieve" | "submission" | "smtp";
    addresses: string[];
    sessions: number;
    /** places that are its alone; 0: it shares */
    own_sessions: number;
    most_sessions: number;
    pressure: number;
    domains: DomainMove[];
}

export interface Listeners {
    listeners: Listener[];
    /** their listener is not there */
    waiting: DomainMove[];
}

export interface Queue {
    name: string;
    program: string;
    read: Time | null;
    took_seconds: number;
    /** why it can't be read; empty: it can */
    trouble: string;
    waiting: number;
    held: number;
    active: number;
    deferred: number;
    bytes: number;
    /** of those that came within two hours: waiting for longer than they should */
    late: number;
    usual_late: number | null;
    backed_up: boolean;
    since: Time | null;
    oldest_seconds: number | null;
    domains: { domain: string; messages: number }[];
}

export interface Scene {
    version: string;
    time: Time;
    started: Time;
    mode: Mode;
    posture: Posture;
    minute: Traffic;
    ten_minutes: Traffic;
    attempts: number[];
    stopped: number[];
    total: Counts;
    stopped_by: Counts;
    would_stop_by: Counts;
    networks: { network: string; as: number; attempts: number; stopped: number }[];
    refused: LatestRefusal[];
    incidents: { id: string; since: Time; state: string; title: string }[];
    doors: Door[];
    lag_us: number;
    sources: LogSource[];
    journal: { state: string; bytes: number; entries: number; lost: number; checkpoint: Time | null };
    memory: { bytes: number; addresses: number; accounts: number; familiar: number; forgotten: number };
    lists: BlockList[];
    firewall: Firewall | null;
    edge: Edge | null;
    servers: Server[];
}

export interface Told {
    time: Time;
    thing: string;
    loudness: "error" | "warning" | "notice" | "info";
    fields: Record<string, string | number>;
}

export interface Band {
    volume: string;
    service: string;
    observed: number;
    expected: number;
    standard_error: number;
}

export interface Wait {
    hop: string;
    service: string;
    times: number;
    now_ms: number;
    usual_ms: number;
}

export interface Evidence {
    kind: string;
    weight: number;
    detail?: string;
}

export interface Judged {
    time: Time;
    address?: string;
    account?: string;
    service?: string;
    session?: string;
    measure: string;
    sum: number;
    threshold: number;
    evidence: Evidence[];
}

export interface Refusal extends Judged {
    code: string;
}

export interface MailStop extends Judged {
    ehlo?: string;
    acts: boolean;
    times: number;
}

export interface WhyCode {
    kind: "code";
    refused: Refusal[];
}

export interface WhyNow {
    kind: "address" | "account";
    now: Judged;
    banned?: boolean;
    refused: Refusal[];
    mail?: { now: Judged; stopped: MailStop[] };
}

export type Why = WhyCode | WhyNow;

export interface Exception {
    id: number;
    effect: "allow" | "deny";
    subject: string;
    reason: string;
    author: string;
    created: Time;
    expires: Time | null;
}

export interface Deed {
    id: number;
    time: Time;
    author: string;
    action: string;
    subject: string;
    reason: string;
    detail?: unknown;
}

export interface AuditEntry {
    id: number;
    time: Time;
    who: string;
    by: "session" | "token" | "none";
    from: string;
    call: string;
    result: number;
    subject: string;
}

export interface User {
    name: string;
    role: Role;
    created: Time;
    last_seen: Time | null;
}

export interface Enrolled {
    name: string;
    role: Role;
    otpauth: string;
}

export interface Token {
    name: string;
    role: Role;
    calls: string[];
    author: string;
    created: Time;
    expires: Time | null;
    last_used: Time | null;
}

export interface Network {
    network: string;
    as: number;
    as_name: string;
    attempts: number;
    stopped: number;
    last_seen: Time | null;
}

export interface AutonomousSystem {
    as: number;
    as_name: string;
    networks: number;
    attempts: number;
    stopped: number;
    last_seen: Time | null;
}

export interface Networks {
    time: Time;
    networks: Network[];
    systems: AutonomousSystem[];
}

export interface ConfigurationSetting {
    name: string;
    type: string;
    meaning: string;
    default: string;
    set: boolean;
    value: string | null;
    line: number | null;
    secret: boolean;
}

export interface ConfigurationSection {
    section: string;
    repeats: boolean;
    index: number;
    meaning: string;
    tried: boolean;
    settings: ConfigurationSetting[];
}

export interface Configuration {
    file: string;
    sections: ConfigurationSection[];
}

export type TrialValue = string | number | boolean | string[] | null;

export interface Change {
    section: string;
    setting: string;
    value: TrialValue;
}

export interface Consequences {
    guesses_stopped: number;
    customers_refused: number;
    takeovers: number;
}

export interface TrialResult {
    attempts: number;
    guesses: number;
    first: Time;
    last: Time;
    was: Consequences;
    would: Consequences;
    /** stopped then, and would not be: nobody knows what their passwords were */
    unknown: number;
    missing: number;
}

export interface Trial {
    state: "none" | "running" | "done" | "failed";
    progress: number | null;
    started: Time | null;
    author: string;
    changes: Change[];
    result: TrialResult | null;
    error: string;
}
