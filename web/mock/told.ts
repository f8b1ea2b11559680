// Listeners, alerts, cases, announced work.

import type { Case, PublicState } from "../src/api/told";
import type { Answer, Question, Route } from "./routes";
import { script } from "./scene";
import { caseUpdate, type World } from "./world";

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

const posted = {
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

function alerts(world: World) {
    const one = alert("17");
    return { ...posted, alerts: world.taken.has(one.code) ? [] : [one] };
}

function wholeCase({ updates, checked }: World): Case & { incident: string; notes: unknown[]; timeline: unknown[] } {
    return {
        id: "2026-08-05-1",
        incident: "2026-08-05-1",
        title: `Log-ins are slow ${script}`,
        state: updates.findLast((update) => update.stage === "published")?.state ?? "investigating",
        over: null,
        updates,
        next: { due: time, broken: true },
        checks: [{ text: "the queue is empty", who: "", done: checked.has(1) ? time : null }],
        notes: [],
        timeline: [{ time, kind: "note", who: "anna", text: "the supplier sees it too" }],
    };
}

function published(world: World, number: number, approver: string): void {
    world.updates = world.updates.map((update) =>
        update.number === number ? { ...update, stage: "published", goes_out: null, published: time, approver } : update,
    );
}

function updateCase({ body, who }: Question, world: World): Answer {
    const waits = world.updates.find(({ stage }) => stage === "draft" || stage === "held");
    const name = who?.name ?? "";
    if (body["act"] === "approve" && waits !== undefined) published(world, waits.number, name);
    else if (body["act"] === "hold" && waits !== undefined)
        world.updates = world.updates.map((update) => (update === waits ? { ...update, stage: "held", goes_out: null } : update));
    else if (body["act"] === "draft" || body["act"] === "publish") {
        const number = world.updates.length + 1;
        const text = typeof body["text"] === "string" ? body["text"] : "Log-ins take 5 s instead of 0.3 s.";
        const state = (body["state"] as PublicState | undefined) ?? "investigating";
        world.updates = [...world.updates.filter((update) => update !== waits), caseUpdate({ number, text, state, author: name })];
        if (body["act"] === "publish") published(world, number, name);
    } else return { status: 409, body: { error: "no text waits", mend: "draft one" } };
    return done();
}

const done = (): Answer => ok({ id: "2026-08-05-1", number: 1 });

export const told: Record<string, Route> = {
    "GET /api/v1/listeners": () => ok(listeners),
    "POST /api/v1/listeners": ({ body }) =>
        ok({ domain: body["domain"], listener: body["listener"] ?? "mx2", action: body["action"], said: "It is moved." }),
    "GET /api/v1/alerts": (_question, world) => ok(alerts(world)),
    "POST /api/v1/alerts/{id}/ack": ({ parameters }, world) => {
        world.taken.add(parameters["id"] ?? "");
        return ok(alert(parameters["id"] ?? ""));
    },
    "GET /api/v1/cases": () => ok({ cases: [shortCase] }),
    "POST /api/v1/cases": done,
    "GET /api/v1/cases/{id}": (_question, world) => ok(wholeCase(world)),
    "POST /api/v1/cases/{id}/notes": done,
    "POST /api/v1/cases/{id}/updates": updateCase,
    "POST /api/v1/cases/{id}/promise": done,
    "POST /api/v1/cases/{id}/checks": ({ body }, world) => {
        world.checked.add(Number(body["number"]));
        return done();
    },
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
