// What people are told: alerts for those who work here, texts for customers (docs/alerts.md, docs/cases.md).

export interface Alert {
    id: string;
    code: string;
    kind: string;
    severity: "notice" | "warning" | "critical";
    state: "open" | "acknowledged" | "over";
    subject: string;
    opened: string;
    count: number;
    called: string[];
    arrived: boolean;
    acknowledged: { who: string; time: string; until: string | null } | null;
}

export type PublicState = "investigating" | "identified" | "mending" | "watching" | "over";

export interface CaseUpdate {
    number: number;
    stage: "draft" | "held" | "published" | "dropped";
    made: string;
    author: string;
    approver: string;
    goes_out: string | null;
    published: string | null;
    state: PublicState;
    text: string;
    source: string;
}

export interface CasePromise {
    due: string;
    broken: boolean;
}

export interface Case {
    id: string;
    title: string;
    state: PublicState;
    over: string | null;
    updates: CaseUpdate[];
    next: CasePromise | null;
    checks: { text: string; who: string; done: string | null }[];
}
