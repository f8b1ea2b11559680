// Alerts, the ways they go, and who is on call.

import type { Alert, Alerts } from "../src/api/told";
import { ago, ok, type Route, text, until, wrong } from "./answer";
import { script, turned } from "./scene";

function alert(known: Partial<Alert>): Alert {
    return {
        id: "17",
        code: "K7M3QX",
        kind: "incident",
        severity: "critical",
        state: "open",
        subject: "Far more attempts than usual, over imap",
        opened: ago(47),
        count: 1,
        things: [],
        escalation: "night",
        step: 1,
        rounds: 0,
        called: ["anna-sms"],
        arrived: true,
        acknowledged: null,
        over: null,
        ...known,
    };
}

export function newAlerts(): Alert[] {
    return [
        alert({}),
        alert({
            id: "16",
            code: "P2W9TR",
            kind: "takeover",
            severity: "warning",
            state: "acknowledged",
            subject: `A takeover is suspected: ${turned}`,
            count: 2,
            things: [
                { about: "a", subject: `A takeover is suspected: ${turned}` },
                { about: "b", subject: script },
            ],
            opened: ago(60),
            acknowledged: { who: "ben", time: ago(55), until: ago(-65) },
        }),
        alert({
            id: "12",
            code: "B8C4NV",
            kind: "server_down",
            state: "over",
            subject: "imap-2.example.org is down",
            opened: ago(900),
            acknowledged: { who: "anna", time: ago(890), until: null },
            over: ago(850),
        }),
    ];
}

const posted: Omit<Alerts, "alerts"> = {
    ways: [
        {
            way: "mail",
            route: "mail to ops@example.org",
            state: "well",
            said: "250 OK",
            arrived: ago(40),
            checked: null,
            sent: 4,
            tries: 4,
            failed: 0,
            held_back: 0,
            fell_back: 0,
            gathered: 2,
        },
        {
            way: "chat",
            route: "webhook https://hooks.example.org/",
            state: "down",
            said: `503 ${script}`,
            arrived: null,
            checked: ago(30),
            sent: 0,
            tries: 5,
            failed: 5,
            held_back: 0,
            fell_back: 1,
            gathered: 0,
        },
    ],
    on_call: [{ rota: "night", person: "anna", until: ago(-300), next: "ben" }],
};

export const alertRoutes: Record<string, Route> = {
    "GET /api/v1/alerts": (_question, { alerts }) => ok({ ...posted, alerts }),
    "POST /api/v1/alerts/{id}/ack": ({ parameters, body, who }, world) => {
        const found = world.alerts.find(({ id, code }) => [id, code].includes(parameters["id"] ?? ""));
        if (found === undefined) return wrong(404, "there is no such alert", "`tidegate alert list` has them");
        if (found.state === "over") return wrong(409, "it is over already", "");
        const length = text(body["for"]);
        found.state = "acknowledged";
        found.acknowledged = { who: who?.name ?? "", time: ago(0), until: length === "" ? null : until(length) };
        return ok(found);
    },
};
