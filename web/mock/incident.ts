// The record of the storm, and two that are over.

import type { Action, EffectWindow, HourRow, Incident, IncidentHead, TimelineEntry } from "../src/api/incident";
import { script, turned } from "./scene";

const minute = 60_000;
const hour = 60 * minute;

/** Times are to the second. */
function at(now: number, agoMinutes: number): string {
    return new Date(Math.floor((now - agoMinutes * minute) / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

function hourRow(start: number, volume: string, service: string, observed: number, expected: number): HourRow {
    const error = expected * 0.05;
    return {
        start: new Date(start).toISOString().replace(".000Z", "Z"),
        volume,
        service,
        observed,
        expected,
        standard_error: error,
        percent_above: Math.round(1000 * (observed / expected - 1)) / 10,
        percent_error: Math.round((1000 * observed * error) / (expected * expected)) / 10,
        customers: expected * 0.97,
        customers_error: error * 0.6,
        percent_above_customers: Math.round(1000 * (observed / (expected * 0.97) - 1)) / 10,
        percent_customers_error: 4.1,
        watched: 1,
        flagged: observed > 2 * expected,
    };
}

function hours(now: number): HourRow[] {
    const first = Math.floor(now / hour) * hour - 4 * hour;
    const series: readonly [string, string, number, readonly number[]][] = [
        ["attempts", "all", 41_000, [1.02, 0.97, 1.04, 4.2, 22]],
        ["attempts", "imap", 26_000, [1.01, 0.98, 1.02, 4.6, 23]],
        ["successes", "all", 35_800, [1.01, 1.0, 0.99, 0.97, 0.98]],
        ["stopped", "all", 1_900, [1.1, 0.9, 1.3, 60, 420]],
    ];
    return series.flatMap(([volume, service, expected, factors]) =>
        factors.map((factor, index) => hourRow(first + index * hour, volume, service, Math.round(expected * factor), expected)),
    );
}

function window(hostile: number, reached: number, served: number, auth: number): EffectWindow {
    return {
        minutes: 5,
        attempts_a_minute: hostile + 690,
        hostile_a_minute: hostile,
        stopped_share: 1 - reached / hostile,
        reached_database_a_minute: reached,
        logins_a_minute: 604,
        served_share: served,
        faults_a_minute: 0.4,
        latency_ms: { edge: 0.4, auth },
    };
}

function actions(now: number): Action[] {
    return [
        {
            time: at(now, 44),
            kind: "posture",
            who: "",
            text: "posture: storm",
            times: 1,
            before: window(6_200, 4_020, 0.964, 88),
            after_5: window(9_900, 610, 0.991, 31),
            after_15: window(12_400, 402, 0.997, 24),
            others: 0,
        },
        {
            time: at(now, 31),
            kind: "ban",
            who: "anna",
            text: "ban: 203.0.113.0/24",
            times: 12,
            before: window(12_800, 410, 0.997, 24),
            after_5: window(9_100, 301, 0.998, 23),
            after_15: window(14_600, 288, 0.998, 23),
            others: 1,
        },
        {
            time: at(now, 3),
            kind: "restart",
            who: "ben",
            text: "restart: imap-2.example.org",
            times: 1,
            before: window(14_700, 290, 0.998, 23),
            after_5: null,
            after_15: null,
            others: 0,
        },
    ];
}

function timeline(now: number, names: boolean): TimelineEntry[] {
    return [
        {
            time: at(now, 47),
            kind: "seen",
            who: "",
            text: "far more attempts than usual",
            series: { volume: "attempts", service: "all" },
            figures: [
                { name: "observed", value: 6_890, unit: "a minute" },
                { name: "expected", value: 690, unit: "a minute" },
            ],
        },
        {
            time: at(now, 46),
            kind: "seen",
            who: "",
            text: "far more new addresses than usual",
            series: { volume: "new addresses", service: "all" },
            figures: [{ name: "observed", value: 6_204, unit: "a minute" }],
        },
        { time: at(now, 44), kind: "changed", who: "", text: "posture: storm" },
        { time: at(now, 40), kind: "said", who: "anna", text: "I am on it. The supplier sees it too:\ntheir network is full as well." },
        {
            time: at(now, 36),
            kind: "seen",
            who: "",
            text: "a right password with much against it: a takeover is suspected",
            account: names ? { pseudonym: "account 3f2a91", name: turned } : { pseudonym: "account 3f2a91" },
        },
        { time: at(now, 31), kind: "done", who: "anna", text: "ban: 203.0.113.0/24" },
        { time: at(now, 12), kind: "said", who: "ben", text: `clients call themselves ${script}` },
        { time: at(now, 3), kind: "done", who: "ben", text: "restart: imap-2.example.org" },
    ];
}

export function heads(now: number): IncidentHead[] {
    return [
        {
            id: "2026-08-05-1",
            title: "Far more attempts than usual, over imap and submission",
            state: "open",
            began: at(now, 47),
            opened: at(now, 46),
            closed: null,
            alarms: 4,
        },
        {
            id: "2026-07-29-1",
            title: "Fewer log-ins than usual over imap",
            state: "closed",
            began: at(now, 10_200),
            opened: at(now, 10_198),
            closed: at(now, 10_120),
            alarms: 1,
        },
        {
            id: "2026-07-11-2",
            title: "Far more unknown accounts than usual over submission",
            state: "closed",
            began: at(now, 36_000),
            opened: at(now, 35_998),
            closed: at(now, 35_400),
            alarms: 2,
        },
    ];
}

function cause(): Incident["cause"] {
    return {
        likeliest: "attack",
        probability: { attack: 0.9993, own_fault: 0.0004, outside: 0.0003 },
        reasons: [
            { text: "hostile attempts are 21 times as many as usual", decibans: { attack: 20, own_fault: 0, outside: 0 } },
            { text: "an alarm of new addresses", decibans: { attack: 6, own_fault: 0, outside: 0 } },
            { text: "attempts from familiar places go wrong no more often", decibans: { attack: 4, own_fault: -6, outside: 0 } },
            { text: "landmarks answer", decibans: { attack: 0, own_fault: 0, outside: -8 } },
            { text: "before anything is seen", decibans: { attack: 0, own_fault: -2, outside: -4 } },
        ],
    };
}

function counts(): Record<string, number> {
    return {
        attempts: 512_304,
        hostile: 480_112,
        stopped: 455_902,
        reached_database: 24_210,
        logins: 28_120,
        addresses: 88_204,
        accounts: 12_044,
        error: 0.016,
        refused: 9,
        refused_familiar: 1,
        let_in_later: 8,
        longest_wait_seconds: 412,
        faults: 31,
        faults_by_restart: 22,
        customers_with_faults: 17,
        suspected_takeovers: 1,
    };
}

export function record(now: number, id: string, names: boolean): Incident | null {
    const head = heads(now).find((one) => one.id === id);
    if (head === undefined) return null;
    return {
        ...head,
        alarmed: [
            { volume: "attempts", service: "all" },
            { volume: "new addresses", service: "all" },
        ],
        timeline: timeline(now, names),
        hours: hours(now),
        campaigns: [
            {
                first: at(now, 47),
                last: at(now, 1),
                attempts: 480_112,
                stopped: 455_902,
                unknown_accounts: 210_334,
                addresses: 88_204,
                networks: 41_002,
                accounts: 12_044,
                services: [
                    { service: "imap", attempts: 300_112 },
                    { service: "submission", attempts: 180_000 },
                ],
            },
        ],
        counts: counts(),
        targets: [
            { kind: "domain", name: "example.org", share: 0.71, share_low: 0.7, share_high: 0.72, normal_share: 0.31, confidence: 0.9999 },
            {
                kind: "account",
                account: names ? { pseudonym: "account 91cc02", name: script } : { pseudonym: "account 91cc02" },
                share: 0.12,
                share_low: 0.11,
                share_high: 0.13,
                normal_share: 0.0002,
                confidence: 1,
            },
        ],
        cause: cause(),
        actions: actions(now),
        restarts: [{ down: at(now, 3), up: at(now, 2), node: "imap-2.example.org", faults: 22, customers: 17 }],
        notes: ["Figures of before and after a restart of Tidegate are added up."],
    };
}

export function markdown(incident: Incident, zone: string): string {
    return `# ${incident.title}\n\nRecord ${incident.id}, times of ${zone}.\n`;
}
