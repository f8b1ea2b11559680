// The record of an incident: docs/incidents.md has its fields.

import type { Time } from "./types";

export type IncidentState = "open" | "quiet" | "closed";

export interface IncidentHead {
    id: string;
    title: string;
    state: IncidentState;
    began: Time;
    opened: Time;
    closed: Time | null;
    alarms: number;
}

export interface Series {
    volume: string;
    service: string;
}

export interface AccountName {
    pseudonym: string;
    name?: string;
}

export interface TimelineEntry {
    time: Time;
    kind: "seen" | "done" | "said" | "changed";
    who: string;
    text: string;
    series?: Series;
    figures?: { name: string; value: number | null; unit: string }[];
    account?: AccountName;
}

export interface HourRow extends Series {
    start: Time;
    observed: number;
    expected: number;
    standard_error: number;
    percent_above: number | null;
    percent_error: number | null;
    customers: number | null;
    customers_error: number | null;
    percent_above_customers: number | null;
    percent_customers_error: number | null;
    watched: number;
    flagged: boolean;
}

export interface Target {
    kind: "account" | "domain" | "listener" | "service";
    name?: string;
    account?: AccountName;
    share: number;
    share_low: number;
    share_high: number;
    normal_share: number;
    confidence: number;
}

export interface ByCause {
    attack: number;
    own_fault: number;
    outside: number;
}

export interface Cause {
    likeliest: keyof ByCause;
    probability: ByCause;
    reasons: { text: string; decibans: ByCause }[];
}

export interface EffectWindow {
    minutes: number;
    attempts_a_minute: number;
    hostile_a_minute: number;
    stopped_share: number | null;
    reached_database_a_minute: number;
    logins_a_minute: number;
    served_share: number | null;
    faults_a_minute: number;
    latency_ms: Record<string, number>;
}

export interface Action {
    time: Time;
    kind: string;
    who: string;
    text: string;
    times: number;
    before: EffectWindow | null;
    after_5: EffectWindow | null;
    after_15: EffectWindow | null;
    others: number;
}

export interface Campaign {
    first: Time;
    last: Time;
    attempts: number;
    stopped: number;
    unknown_accounts: number;
    addresses: number;
    networks: number;
    accounts: number;
    services: { service: string; attempts: number }[];
}

export interface Incident extends IncidentHead {
    alarmed: Series[];
    timeline: TimelineEntry[];
    hours: HourRow[];
    campaigns: Campaign[];
    counts: Record<string, number>;
    targets: Target[];
    cause: Cause;
    actions: Action[];
    restarts: { down: Time; up: Time | null; node: string; faults: number; customers: number }[];
    notes: string[];
}
