// A night in which a storm has begun: the scene, the bands, the servers. What clients wrote is as nasty as it can be.

import type { Band, Edge, Scene, Server, Traffic, Wait } from "../src/api/types";

export const script = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
export const turned = "bob\u202egpj.exe\u200b@example.org";
export const control = "x\u001b]0;owned\u0007@example.net";

/** The same numbers each time. */
export function dice(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
        return state / 4_294_967_296;
    };
}

function server(name: string, more: Partial<Server>): Server {
    return {
        server: name,
        state: "up",
        since: null,
        why: "",
        author: "",
        until: null,
        also: null,
        sessions: 4120,
        waiting: 0,
        leaving: 0,
        most_sessions: 10_000,
        weight: 1,
        weight_now: 1,
        share: 0.34,
        fair_share: 0.33,
        log_ins_a_second: 7.4,
        may_log_in_a_second: 60,
        limit: 48,
        in_flight: 5,
        queued: 0,
        ...more,
    };
}

export function servers(now: number): Server[] {
    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
    return [
        server("imap-1.example.org", {}),
        server("imap-2.example.org", {
            state: "slow start",
            since: ago(4),
            why: "it is back",
            sessions: 3012,
            weight_now: 0.6,
            share: 0.25,
            queued: 3,
        }),
        server("imap-3.example.org", {
            state: "quarantined",
            since: ago(95),
            why: "disk errors in its log",
            author: "anna",
            sessions: 0,
            share: 0,
            fair_share: 0,
            weight_now: 0,
            log_ins_a_second: 0,
            in_flight: 0,
            also: { state: "down", why: "connection refused", author: "", until: new Date(now + 30_000).toISOString() },
        }),
        server("submission-1.example.org", { sessions: 310, share: 0.41, log_ins_a_second: 2.1, most_sessions: 2000, limit: 0 }),
    ];
}

export function edge(): Edge {
    return {
        pressure: 0.62,
        sessions: { now: 7442, most: 12_000, familiar: 5810, known_sender: 402, fresh: 980, doubtful: 231, listed: 19 },
        counts: {
            accepted: 1_904_233,
            turned_away: 50_211,
            refused_header: 0,
            attempts: 1_402_120,
            stopped: 1_120_034,
            remembered: 30_211,
            shed: 12,
            admitted: 221_403,
            failed: 30_441,
            unavailable: 18,
            broken_servers: 3,
            late: 221,
            accept_errors: 0,
        },
        handshakes: {
            full: 802_114,
            resumed: 1_002_113,
            left: 20_331,
            failed: 1_204,
            refused_host: 9_120,
            refused_network: 212,
            refused_all: 0,
            under_way: 14,
        },
        wrong_passwords: { answered: 30_211, asked_again: 210, said: 30_441, crowded_out: 0, forgotten: 12, kept: 18_220 },
        mail: {
            questions: 90_112,
            deferred: 4_120,
            refused: 611,
            would_stop: 0,
            taken: 61_200,
            turned_down: 2_002,
            addresses: 41_000,
            networks: 12_200,
            bytes: 8_120_331,
        },
    };
}

const evidence = [
    "listed",
    "network_rate",
    "shared_guess",
    "unknown_account",
    "as_rate",
    "client_rate",
    "many_accounts",
    "address_rate",
    "target",
    "password_tag",
    "exception",
];

function refused(now: number, roll: () => number): Scene["refused"] {
    const accounts = [
        script,
        turned,
        control,
        "bob@example.org",
        "info@example.org",
        "anna@example.net",
        "sales@example.com",
        "test@example.org",
    ];
    const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    return Array.from({ length: 50 }, (_unused, at) => ({
        code: Array.from({ length: 7 }, () => letters[Math.floor(roll() * 32)]).join(""),
        time: new Date(now - at * 1_700).toISOString(),
        address: at % 5 === 4 ? `2001:db8:${(at * 7).toString(16)}::1` : `203.0.113.${(at * 37) % 256}`,
        account: accounts[at % accounts.length] ?? "",
        service: ["imap", "submission", "pop3"][at % 3] ?? "imap",
        sum: Math.round(roll() * 600) / 10 + 11,
        measure: ["refuse", "defer", "refuse", "ban", "silence"][at % 5] ?? "refuse",
        evidence: evidence[Math.floor(roll() * 6)] ?? "listed",
    }));
}

function traffic(scale: number, acts: boolean): Traffic {
    return {
        successes: 612 * scale,
        failures: 148 * scale,
        stopped: acts ? 14_920 * scale : 0,
        would_stop: acts ? 0 : 14_920 * scale,
        would_stop_successes: acts ? 0 : 2 * scale,
    };
}

function seconds(now: number, of: number): { attempts: number[]; stopped: number[] } {
    const attempts: number[] = [];
    const stopped: number[] = [];
    for (let at = of - 1; at >= 0; at -= 1) {
        const second = Math.floor(now / 1000) - at;
        const roll = dice(second)();
        const wave = 210 + 60 * Math.sin(second / 17) + 40 * Math.sin(second / 5);
        attempts.push(Math.round(wave + roll * 50));
        stopped.push(Math.round((wave + roll * 50) * 0.93));
    }
    return { attempts, stopped };
}

const total: Scene["total"] = {
    questions: 4_120_332,
    stopped: 1_120_034,
    would_stop: 0,
    slowed: 4_120,
    successes: 2_120_332,
    failures: 210_334,
    faults: 112,
    stopped_successes: 3,
    takeovers: 2,
    vouched: 1,
};

const lists: Scene["lists"] = [
    {
        name: "zen.example.org",
        state: "in use",
        queries: 1_204_332,
        named: 804_112,
        timeouts: 12,
        late: 300,
        not_asked: 0,
        why: "",
    },
    {
        name: "bl.example.net",
        state: "suspended",
        queries: 120,
        named: 0,
        timeouts: 60,
        late: 0,
        not_asked: 0,
        why: "it names 127.0.0.1, which no list may",
    },
];

const firewall: Scene["firewall"] = {
    wanted: 18_220,
    in_force: 18_220,
    waiting: 0,
    networks: 12,
    spared: 3,
    evicted: 0,
    dropped_packets: 91_203_311,
    sessions_ended: 220,
    error: "",
};

const doors: Scene["doors"] = [
    { listen: "127.0.0.1:4080", kind: "auth-policy", questions: 2_120_332, unjudged: 0, broken: 0, connections: 12 },
    { listen: "127.0.0.1:4083", kind: "api", questions: 4_120, unjudged: 4, broken: 1, connections: 2 },
];

export function scene(now: number, mode: "watch" | "act"): Scene {
    const acts = mode === "act";
    const roll = dice(7);
    const by = Object.fromEntries(evidence.map((kind, at) => [kind, Math.round(410_000 / (at + 1) ** 1.4)]));
    return {
        version: "0.1.0",
        time: new Date(now).toISOString(),
        started: new Date(now - 9 * 86_400_000).toISOString(),
        mode,
        posture: "storm",
        minute: traffic(1, acts),
        ten_minutes: traffic(9, acts),
        ...seconds(now, 120),
        total,
        stopped_by: acts ? by : {},
        would_stop_by: acts ? {} : by,
        networks: [{ network: "203.0.113.0/24", as: 64_500, attempts: 4_120, stopped: 4_102 }],
        refused: refused(now, roll),
        incidents: [
            {
                id: "2026-08-05-1",
                since: new Date(now - 47 * 60_000).toISOString(),
                state: "open",
                title: "Far more attempts than usual, over imap and submission",
            },
        ],
        doors,
        lag_us: 740,
        sources: [{ name: "/var/log/mail.log", lines: 9_120_334, unknown: 120, bytes_behind: 20_480, trouble: "" }],
        journal: { state: "ok", bytes: 812_334_112, entries: 9_120_334, lost: 0, checkpoint: new Date(now - 200_000).toISOString() },
        memory: { bytes: 241_332_112, addresses: 1_204_332, accounts: 88_120, familiar: 204_112, forgotten: 12 },
        lists,
        firewall,
        edge: edge(),
        servers: servers(now),
    };
}

const volumes: readonly [string, number, number][] = [
    ["attempts", 15_680, 690],
    ["failures", 148, 61],
    ["successes", 612, 598],
    ["stopped", 14_920, 31],
    ["unknown accounts", 9_120, 22],
    ["new addresses", 6_204, 48],
    ["connections", 17_004, 901],
    ["faults", 1, 0.4],
];

export function bands(): Band[] {
    const services: readonly [string, number][] = [
        ["all", 1],
        ["imap", 0.62],
        ["submission", 0.31],
        ["pop3", 0.07],
    ];
    return services.flatMap(([service, part], of) =>
        volumes.map(([volume, observed, expected]) => ({
            volume,
            service,
            observed: Math.round(part * (of === 3 ? expected * 1.05 : observed)),
            expected: Math.round(part * expected * 10) / 10,
            standard_error: Math.round(part * expected * 0.06 * 10) / 10,
        })),
    );
}

export function waits(): Wait[] {
    return [
        { hop: "edge", service: "imap", times: 15_002, now_ms: 0.4, usual_ms: 0.3 },
        { hop: "auth", service: "imap", times: 612, now_ms: 92, usual_ms: 21 },
        { hop: "auth", service: "submission", times: 140, now_ms: 24, usual_ms: 22 },
        { hop: "client", service: "imap", times: 612, now_ms: 41, usual_ms: 44 },
        { hop: "database", service: "all", times: 0, now_ms: 0, usual_ms: 0 },
    ];
}
