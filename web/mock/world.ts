// What the mock remembers: it can be changed by calls, as the daemon's state can.

import type { Alert, Case, Work } from "../src/api/told";
import type {
    AuditEntry,
    Configuration,
    ConfigurationSection,
    ConfigurationSetting,
    Deed,
    DomainMove,
    Exception,
    Mode,
    Networks,
    Queue,
    Token,
    Trial,
    User,
    Why,
} from "../src/api/types";
import { newAlerts } from "./alerts";
import { newCases } from "./case_data";
import { newMoves, newQueues } from "./mail";
import { control, dice, script, turned } from "./scene";
import { newWork } from "./work";

export interface World {
    mode: Mode;
    exceptions: Exception[];
    users: User[];
    tokens: Token[];
    trial: Trial;
    said: string[];
    closed: Set<string>;
    alerts: Alert[];
    cases: Case[];
    work: Work[];
    moves: DomainMove[];
    queues: Queue[];
}

const day = 86_400_000;

function ago(days: number): string {
    return new Date(Date.now() - days * day).toISOString();
}

export const noTrial: Trial = { state: "none", progress: null, started: null, author: "", changes: [], result: null, error: "" };

export function newWorld(): World {
    return {
        mode: "act",
        exceptions: [
            { id: 3, effect: "allow", subject: "198.51.100.0/24", reason: "our office", author: "anna", created: ago(40), expires: null },
            {
                id: 7,
                effect: "deny",
                subject: "AS64511",
                reason: "nobody of ours is there",
                author: "ben",
                created: ago(3),
                expires: ago(-4),
            },
            { id: 8, effect: "allow", subject: script, reason: `he called: ${turned}`, author: "anna", created: ago(1), expires: ago(-6) },
            {
                id: 9,
                effect: "allow",
                subject: "bob@example.org",
                reason: "on a ship, by satellite",
                author: "anna",
                created: ago(1),
                expires: ago(-6),
            },
        ],
        users: [
            { name: "anna", role: "administer", created: ago(200), last_seen: ago(0.1) },
            { name: "ben", role: "act", created: ago(120), last_seen: ago(1) },
            { name: "guest", role: "look", created: ago(9), last_seen: null },
            { name: "support.1", role: "support", created: ago(90), last_seen: null },
        ],
        tokens: [
            {
                name: "grafana",
                role: "look",
                calls: ["GET /v1/scene", "GET /v1/bands"],
                author: "anna",
                created: ago(30),
                expires: ago(-60),
                last_used: ago(0),
            },
            {
                name: "backup-job",
                role: "administer",
                calls: ["POST /v1/backup"],
                author: "anna",
                created: ago(12),
                expires: null,
                last_used: null,
            },
        ],
        trial: noTrial,
        said: [],
        closed: new Set(),
        alerts: newAlerts(),
        cases: newCases(),
        work: newWork(),
        moves: newMoves(),
        queues: newQueues(),
    };
}

export function networks(): Networks {
    const roll = dice(42);
    const names: readonly [number, string][] = [
        [64_500, "Example Cloud"],
        [64_501, "Example Hosting, a provider with quite a long name"],
        [64_502, script],
        [64_503, "Example Broadband"],
        [0, ""],
    ];
    const all = Array.from({ length: 60 }, (_unused, at) => {
        const [as, as_name] = names[Math.floor(roll() * roll() * names.length)] ?? [0, ""];
        const attempts = Math.round(9_000 * roll() ** 4) + 12;
        return {
            network: at % 6 === 5 ? `2001:db8:${(at * 9).toString(16)}::/48` : `10.${at}.${(at * 31) % 256}.0/24`,
            as,
            as_name,
            attempts,
            stopped: Math.round(attempts * Math.min(1, 0.25 + roll() * 1.2)),
            last_seen: new Date(Date.now() - Math.round(roll() * 300_000)).toISOString(),
        };
    }).sort((a, b) => b.attempts - a.attempts);
    const systems = names.map(([as, as_name]) => {
        const mine = all.filter((one) => one.as === as);
        const sum = (of: "attempts" | "stopped") => mine.reduce((total, one) => total + one[of], 0);
        return {
            as,
            as_name,
            networks: mine.length,
            attempts: sum("attempts"),
            stopped: sum("stopped"),
            last_seen: mine[0]?.last_seen ?? null,
        };
    });
    return { time: new Date().toISOString(), networks: all, systems: systems.sort((a, b) => b.attempts - a.attempts) };
}

const against = [
    { kind: "listed", weight: 13, detail: "the list zen.example.org names it" },
    { kind: "unknown_account", weight: 9.5, detail: "the servers say that it does not exist; 412 failures lately" },
    { kind: "client_rate", weight: 17.2, detail: `41,000 failures and 0 log-ins lately from clients that call themselves ${script}` },
    { kind: "never_seen", weight: 2, detail: "no log-in is known" },
    { kind: "familiar_as", weight: -4.5, detail: "this account logged in from AS64503 before (2 log-ins of it lately)" },
];

export function why(who: string): Why {
    const time = new Date().toISOString();
    const judged = { time, measure: "refuse", sum: 37.2, threshold: 20, evidence: against };
    const refusal = { ...judged, code: "7KX2M9A", address: "203.0.113.7", account: turned, service: "imap" };
    if (/^[0-9A-HJKMNP-TV-Z]{7}$/.test(who)) return { kind: "code", refused: [{ ...refusal, code: who }] };
    if (/^[0-9.]+$/.test(who) || who.includes(":"))
        return {
            kind: "address",
            now: { ...judged, address: who },
            banned: true,
            refused: [],
            mail: {
                now: { ...judged, measure: "defer", sum: 14 },
                stopped: [{ ...judged, measure: "defer", address: who, ehlo: script, acts: true, times: 3 }],
            },
        };
    const calm = {
        ...judged,
        account: who,
        measure: "pass",
        sum: -12.4,
        evidence: [
            { kind: "habit", weight: -8.4, detail: "it rarely comes from new places" },
            { kind: "target", weight: 3, detail: "12 failures lately from 9 places" },
            { kind: "familiar_client", weight: -7, detail: "" },
        ],
    };
    return {
        kind: "account",
        now: calm,
        refused: [
            { ...refusal, account: who },
            { ...refusal, code: "9PQ4T1Z", address: "2001:db8::17", account: who, service: "submission" },
        ],
    };
}

export function deeds(): Deed[] {
    return [
        {
            id: 41,
            time: ago(0.02),
            author: "anna",
            action: "deny",
            subject: "AS64511",
            reason: "nobody of ours is there",
            detail: { expires: ago(-4) },
        },
        { id: 42, time: ago(0.01), author: "anna", action: "console", subject: "POST /v1/exceptions", reason: "", detail: null },
        { id: 40, time: ago(0.4), author: "ben", action: "vouch", subject: control, reason: "his voice is known", detail: null },
        { id: 38, time: ago(1), author: script, action: "allow", subject: turned, reason: script, detail: null },
        { id: 37, time: ago(2), author: "anna", action: "mode", subject: "act", reason: "a week of watching went well", detail: null },
    ];
}

export function audit(): AuditEntry[] {
    return [
        {
            id: 91,
            time: ago(0.01),
            who: "anna",
            by: "session",
            from: "127.0.0.1",
            call: "POST /v1/exceptions",
            result: 200,
            subject: "AS64511",
        },
        { id: 90, time: ago(0.02), who: script, by: "none", from: "203.0.113.9", call: "POST /v1/session", result: 401, subject: "" },
        { id: 89, time: ago(0.03), who: "grafana", by: "token", from: "2001:db8::9", call: "POST /v1/mode", result: 403, subject: "watch" },
        {
            id: 88,
            time: ago(0.04),
            who: "ben",
            by: "session",
            from: "127.0.0.1",
            call: "POST /v1/servers",
            result: 409,
            subject: "imap-3.example.org",
        },
    ];
}

function setting(
    name: string,
    type: string,
    meaning: string,
    standard: string,
    value: string | null,
    line: number | null,
    secret = false,
): ConfigurationSetting {
    return { name, type, meaning, default: standard, set: line !== null, value: secret ? null : value, line, secret };
}

const sections: ConfigurationSection[] = [
    {
        section: "accounts",
        repeats: false,
        index: 0,
        meaning: "When two names are one account.",
        tried: false,
        settings: [
            setting("default_realm", "text", "Domain that is added to account names without one.", "none", '"example.org"', 3),
            setting(
                "strip_plus_tag",
                "true or false",
                "Whether `bob+shop@example.org` is the account `bob@example.org`.",
                "true",
                null,
                null,
            ),
        ],
    },
    {
        section: "judge",
        repeats: false,
        index: 0,
        meaning: "When an attempt is stopped.",
        tried: true,
        settings: [
            setting(
                "defer_at",
                "decibans",
                "Sum from which it is asked to come again later.",
                "follows from what the sensors can see",
                null,
                null,
            ),
            setting(
                "refuse_at",
                "decibans",
                "Sum from which it is refused before the password database is asked.",
                "follows from what the sensors can see",
                "20",
                9,
            ),
            setting("memory", "text or bytes", "All of the judge's tables together.", '"256MiB"', '"512MiB"', 10),
        ],
    },
    {
        section: "list",
        repeats: true,
        index: 0,
        meaning: "A block list in a local file.",
        tried: false,
        settings: [
            setting("name", "text", "What the list is called.", "", '"drop"', 14),
            setting("path", "path", "Where it lies.", "", `"${script}"`, 15),
        ],
    },
    {
        section: "door",
        repeats: true,
        index: 0,
        meaning: "Where servers ask.",
        tried: false,
        settings: [
            setting("listen", "text", "Where it listens.", "", '"127.0.0.1:4083"', 20),
            setting("key", "text", "What whoever asks must show.", "none", null, 21, true),
        ],
    },
    {
        section: "partner",
        repeats: true,
        index: 0,
        meaning: "A partner with a page under his own name.",
        tried: false,
        settings: [setting("name", "text", "What he is called.", "", '"blue"', 30)],
    },
];

export function configuration(): Configuration {
    return {
        file: "/etc/tidegate/tidegate.toml",
        sections,
    };
}
