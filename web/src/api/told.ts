// What people are told: alerts for those who work here, texts for customers (docs/alerts.md, docs/cases.md).

import type { Time } from "./types";

export interface Alert {
    id: string;
    code: string;
    kind: string;
    severity: "notice" | "warning" | "critical";
    state: "open" | "acknowledged" | "over";
    subject: string;
    opened: Time;
    count: number;
    things: { about?: string; subject?: string; since?: Time | null; over?: boolean }[];
    escalation: string | null;
    step: number;
    rounds: number;
    called: string[];
    arrived: boolean;
    acknowledged: { who: string; time: Time; until: Time | null } | null;
    over: Time | null;
}

export interface AlertWay {
    way: string;
    route: string;
    state: "untried" | "well" | "down";
    said: string;
    arrived: Time | null;
    checked: Time | null;
    sent: number;
    tries: number;
    failed: number;
    held_back: number;
    fell_back: number;
    gathered: number;
}

export interface OnCall {
    rota: string;
    person: string;
    until: Time | null;
    next: string | null;
}

export interface Alerts {
    alerts: Alert[];
    ways: AlertWay[];
    on_call: OnCall[];
}

export type PublicState = "investigating" | "identified" | "mending" | "watching" | "over";
export type ServiceState = "working" | "unknown" | "maintenance" | "slow" | "disturbed" | "down";
export type CauseName = "attack" | "own_fault" | "outside";

export interface CaseUpdate {
    number: number;
    stage: "draft" | "held" | "published" | "dropped";
    made: Time;
    author: string;
    approver: string;
    goes_out: Time | null;
    published: Time | null;
    /** seconds: the promise that it makes */
    next_in: number | null;
    state: PublicState;
    worst: ServiceState;
    title: string;
    services: string[];
    text: string;
    source: string;
    /** outlets that it has not reached */
    pending: string[];
}

export interface CasePromise {
    /** of a report; empty: the next update */
    name: string;
    due: Time;
    reminded: boolean;
    broken: boolean;
    kept: Time | null;
}

export interface CaseNote {
    time: Time;
    kind: string;
    who: string;
    text: string;
}

export interface SupportCount {
    time: Time;
    who: string;
    calls: number;
    mean_seconds: number;
    longest_seconds: number;
}

export interface PostMortem {
    text: string;
    author: string;
    changed: Time | null;
    published: Time | null;
}

export interface Case {
    id: string;
    /** empty: opened by hand */
    incident: string;
    opened_by: string;
    title: string;
    cause: CauseName | null;
    state: PublicState;
    services: string[];
    worst: ServiceState;
    began: Time;
    opened: Time;
    ended: Time | null;
    over: Time | null;
    watch_until: Time | null;
    during: string;
    notes: CaseNote[];
    updates: CaseUpdate[];
    next: CasePromise | null;
    reports: CasePromise[];
    checks: { text: string; who: string; done: Time | null }[];
    support: SupportCount[];
    meanwhile: string[];
    steps: string[];
    post_mortem: PostMortem;
    timeline: CaseNote[];
}

export interface CaseHead {
    id: string;
    title: string;
    state: PublicState;
    worst: ServiceState;
    opened: Time;
    over: Time | null;
    public: boolean;
    next_update_by: Time | null;
}

export interface CaseTemplate {
    name: string;
    cause: CauseName | null;
    services: string[];
    title: string;
    text: string;
    meanwhile: string[];
    steps: string[];
}

export interface Plan {
    id: string;
    title: string;
    text: string;
    services: string[];
    from: Time;
    until: Time;
    under_way: boolean;
    done: boolean;
    called_off: boolean;
    changed: Time | null;
}

export interface Work {
    plan: Plan;
    author: string;
    announced: Time;
    late_told: boolean;
    notes: CaseNote[];
}

export interface PublicService {
    name: string;
    label: string;
    now: ServiceState;
    days: { day: string; worst: ServiceState; minutes_hurt: number; minutes_down: number }[];
}

export interface PublicIncident {
    id: string;
    title: string;
    state: PublicState;
    services: string[];
    worst: ServiceState;
    began: Time;
    over: Time | null;
    next_update_by: Time | null;
    updates: { time: Time; state: PublicState; text: string; source: string }[];
    meanwhile: string[];
    steps: string[];
    post_mortem: string;
}

export interface PublicRecord {
    made: Time;
    provider: string;
    partner: string;
    zone: string;
    services: PublicService[];
    incidents: PublicIncident[];
    work: Plan[];
}
