// Announced work.

import type { Plan, Work } from "../src/api/told";
import { ago, ok, type Question, type Route, text, until, wrong } from "./answer";
import { script } from "./scene";
import type { World } from "./world";

function work(plan: Partial<Plan> & { id: string; title: string }, author = "anna"): Work {
    return {
        plan: {
            text: "",
            services: ["imap"],
            from: ago(-600),
            until: ago(-720),
            under_way: false,
            done: false,
            called_off: false,
            changed: ago(300),
            ...plan,
        },
        author,
        announced: ago(3000),
        late_told: false,
        notes: [],
    };
}

export function newWork(): Work[] {
    return [
        work({ id: "work-1", title: "A new kernel", from: ago(9000), until: ago(8900), done: true }),
        work({
            id: "work-2",
            title: `New disks ${script}`,
            text: `Mail may be late. ${script}`,
            from: ago(190),
            until: ago(10),
            under_way: true,
        }),
        work({ id: "work-4", title: "Another certificate", from: ago(20), until: ago(-40), services: [] }, script),
        work({ id: "work-5", title: "A move to another room" }),
    ];
}

function announce({ body, who }: Question, world: World) {
    const id = `work-${world.work.length + 2}`;
    const plan = { id, title: text(body["title"]), text: text(body["text"]), services: body["services"] as string[] };
    world.work.push(work({ ...plan, from: until(text(body["from"])) ?? "", until: until(text(body["until"])) ?? "" }, who?.name));
    return ok({ id });
}

const words: Record<string, string> = { begin: "has begun", extend: "takes longer", done: "is done", "call-off": "is called off" };

function change({ parameters, body, who }: Question, world: World) {
    const found = world.work.find(({ plan }) => plan.id === parameters["id"]);
    if (found === undefined) return wrong(404, "no such work is announced", "`tidegate work list` has it");
    const { plan } = found;
    const act = text(body["act"]);
    if (act === "done" && !plan.under_way) return wrong(409, "the work has not begun", "call it off, or begin it");
    if (act === "begin") plan.under_way = true;
    if (act === "extend") plan.until = until(text(body["until"])) ?? plan.until;
    if (act === "done") plan.done = true;
    if (act === "call-off") plan.called_off = true;
    if (act === "done" || act === "call-off") plan.under_way = false;
    if (text(body["text"]) !== "") plan.text = text(body["text"]);
    found.notes.push({ time: ago(0), kind: "action", who: who?.name ?? "", text: words[act] ?? act });
    return ok({ id: plan.id });
}

export const workRoutes: Record<string, Route> = {
    "GET /api/v1/work": (_question, world) => ok({ work: world.work }),
    "POST /api/v1/work": announce,
    "POST /api/v1/work/{id}": change,
};
