// Listeners, alerts, cases, announced work: what no view of the console shows, but the API answers.

import type { Answer, Route } from "./routes";

const time = "2026-08-05T02:10:00Z";

function ok(body: unknown): Answer {
    return { status: 200, body };
}

function alert(id: string) {
    return {
        id,
        code: "K7M3QX",
        kind: "incident",
        severity: "critical",
        state: "open",
        subject: "Far more attempts than usual, over imap",
        opened: time,
        count: 1,
        things: [{ about: "2026-08-05-1", subject: "Far more attempts than usual, over imap", since: time, over: false }],
        escalation: "night",
        step: 1,
        rounds: 0,
        called: ["anna"],
        arrived: true,
        acknowledged: null,
        over: null,
    };
}

const alerts = {
    alerts: [alert("17")],
    ways: [
        {
            way: "mail",
            route: "mail to ops@example.org",
            state: "well",
            said: "250 OK",
            arrived: time,
            checked: null,
            sent: 4,
            tries: 4,
            failed: 0,
            held_back: 0,
            fell_back: 0,
            gathered: 0,
        },
    ],
    on_call: [{ rota: "night", person: "anna", until: time, next: "ben" }],
};

const listeners = {
    listeners: [
        {
            listener: "mx2",
            protocol: "smtp",
            addresses: ["192.0.2.25:25"],
            sessions: 3,
            own_sessions: 50,
            most_sessions: 50,
            pressure: 0.06,
            domains: [],
        },
    ],
    waiting: [],
};

const shortCase = {
    id: "2026-08-05-1",
    title: "Log-ins are slow",
    state: "investigating",
    worst: "slow",
    opened: time,
    over: null,
    public: true,
    next_update_by: time,
};

const wholeCase = {
    id: "2026-08-05-1",
    incident: "2026-08-05-1",
    title: "Log-ins are slow",
    state: "investigating",
    updates: [],
    notes: [],
    timeline: [{ time, kind: "note", who: "anna", text: "the supplier sees it too" }],
};

const done = (): Answer => ok({ id: "2026-08-05-1", number: 1 });

export const told: Record<string, Route> = {
    "GET /api/v1/listeners": () => ok(listeners),
    "POST /api/v1/listeners": ({ body }) =>
        ok({ domain: body["domain"], listener: body["listener"] ?? "mx2", action: body["action"], said: "It is moved." }),
    "GET /api/v1/alerts": () => ok(alerts),
    "POST /api/v1/alerts/{id}/ack": ({ parameters }) => ok(alert(parameters["id"] ?? "")),
    "GET /api/v1/cases": () => ok({ cases: [shortCase] }),
    "POST /api/v1/cases": done,
    "GET /api/v1/cases/{id}": () => ok(wholeCase),
    "POST /api/v1/cases/{id}/notes": done,
    "POST /api/v1/cases/{id}/updates": done,
    "POST /api/v1/cases/{id}/promise": done,
    "POST /api/v1/cases/{id}/checks": done,
    "POST /api/v1/cases/{id}/lines": done,
    "GET /api/v1/cases/{id}/postmortem": () => ({ status: 200, body: "# Log-ins were slow\n", type: "text/markdown" }),
    "POST /api/v1/cases/{id}/postmortem": done,
    "GET /api/v1/work": () => ok({ work: [] }),
    "POST /api/v1/work": () => ok({ id: "work-1" }),
    "POST /api/v1/work/{id}": ({ parameters }) => ok({ id: parameters["id"] ?? "" }),
    "GET /api/v1/templates": () => ok({ templates: [] }),
    "GET /api/v1/public": () =>
        ok({ made: time, provider: "Example Mail", partner: "", zone: "Europe/Berlin", services: [], incidents: [], work: [] }),
};
