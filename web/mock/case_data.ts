// The cases as a night begins: one of an incident, one opened by hand that is over.

import type { Case, CaseTemplate, CaseUpdate, PublicService } from "../src/api/told";
import { ago } from "./answer";
import { script, turned } from "./scene";

export const promised = "2026-08-05T02:10:00Z";

export function caseUpdate(known: Partial<CaseUpdate>): CaseUpdate {
    return {
        number: 1,
        stage: "draft",
        made: ago(144),
        author: "Tidegate",
        approver: known.stage === "published" ? "Tidegate" : "",
        goes_out: null,
        published: null,
        next_in: 1800,
        state: "investigating",
        worst: "slow",
        title: "",
        services: ["imap"],
        text: "",
        source: "",
        pending: [],
        ...known,
    };
}

export function oneCase(known: Partial<Case> & { id: string; title: string }): Case {
    return {
        incident: "",
        opened_by: "Tidegate",
        cause: null,
        state: "investigating",
        services: ["imap"],
        worst: "slow",
        began: ago(47),
        opened: ago(46),
        ended: null,
        over: null,
        watch_until: null,
        during: "",
        notes: [],
        updates: [],
        next: null,
        reports: [],
        checks: [],
        support: [],
        meanwhile: [],
        steps: [],
        post_mortem: { text: "", author: "", changed: null, published: null },
        timeline: [],
        ...known,
    };
}

function ofTheNight(): Case {
    return oneCase({
        id: "2026-08-05-1",
        incident: "2026-08-05-1",
        title: `Log-ins are slow ${script}`,
        updates: [
            caseUpdate({
                number: 1,
                stage: "published",
                text: "Since 04:05 log-ins take longer than usual.",
                published: ago(144),
                pending: ["mail"],
            }),
            caseUpdate({ number: 2, text: "A log-in over IMAP takes 4 s instead of 0.3 s.", goes_out: ago(-14) }),
        ],
        next: { name: "", due: promised, reminded: true, broken: true, kept: null },
        reports: [
            { name: "authority, early warning", due: ago(30), reminded: true, broken: true, kept: null },
            { name: `insurer ${script}`, due: ago(-3000), reminded: false, broken: false, kept: null },
        ],
        checks: [
            { text: "the queue is empty", who: "", done: null },
            { text: "landmarks answer", who: "ben", done: ago(3) },
        ],
        support: [
            { time: ago(40), who: "support.1", calls: 12, mean_seconds: 40, longest_seconds: 95 },
            { time: ago(25), who: "support.1", calls: 61, mean_seconds: 180, longest_seconds: 900 },
            { time: ago(8), who: script, calls: 35, mean_seconds: 120, longest_seconds: 410 },
        ],
        meanwhile: ["Use webmail: https://webmail.example.org/"],
        steps: ["Leave your password as it is: it is not the cause."],
        notes: [{ time: ago(30), kind: "action", who: "anna", text: `called the supplier ${turned}` }],
        timeline: [{ time: ago(30), kind: "note", who: "anna", text: "the supplier sees it too" }],
    });
}

function byHand(): Case {
    return oneCase({
        id: "case-7",
        title: `Our supplier's line was cut ${script}`,
        opened_by: "ben",
        cause: "outside",
        state: "over",
        began: ago(3000),
        opened: ago(2990),
        ended: ago(2700),
        over: ago(2600),
        updates: [
            caseUpdate({
                stage: "published",
                state: "over",
                text: "The cable is mended.",
                source: "https://status.example.net/42",
                published: ago(2600),
                approver: "ben",
            }),
        ],
        timeline: [{ time: ago(2900), kind: "action", who: "ben", text: `called them ${script}` }],
        post_mortem: {
            text: `# A cable\n\n## What happened, and why\n\nA digger. ${turned}\n\n## What we change\n\n(to be written)\n`,
            author: "ben",
            changed: ago(1000),
            published: null,
        },
    });
}

export function newCases(): Case[] {
    return [ofTheNight(), byHand()];
}

export const draft = "# Log-ins were slow\n\n## What happened, and why\n\n(to be written)\n\n## What we change\n\n(to be written)\n";

export const plot =
    '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="240" viewBox="0 0 960 240"><style>.bar{fill:#7a8fb0}</style>' +
    '<rect class="bar" x="40" y="60" width="400" height="180"/><rect class="bar" x="480" y="120" width="400" height="120"/></svg>';

export const templates: CaseTemplate[] = [
    {
        name: "imap",
        cause: null,
        services: ["imap"],
        title: "Mail programs wait",
        text: "Since {since} there is trouble with {services}. {measured}",
        meanwhile: ["Use webmail: https://webmail.example.org/"],
        steps: [],
    },
];

export const services: PublicService[] = [
    {
        name: "imap",
        label: "Reading mail with a mail program (IMAP)",
        now: "slow",
        days: [
            { day: "2026-08-04", worst: "working", minutes_hurt: 0, minutes_down: 0 },
            { day: "2026-08-05", worst: "slow", minutes_hurt: 40, minutes_down: 0 },
        ],
    },
    { name: "submission", label: `Sending mail ${script}`, now: "working", days: [] },
];
