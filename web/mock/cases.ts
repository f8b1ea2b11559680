// Cases: what customers are told, what was promised, what support counts, the post-mortem.

import type { Case, PublicIncident, PublicState } from "../src/api/told";
import { type Answer, ago, ok, type Question, type Route, reaches, text, tooLow, until, wrong } from "./answer";
import { caseUpdate, draft, oneCase, plot, services, templates } from "./case_data";
import type { World } from "./world";

/** A call about one case. */
function about(what: (of: Case, question: Question) => Answer): Route {
    return (question, world) => {
        const found = world.cases.find(({ id }) => id === question.parameters["id"]);
        return found === undefined ? wrong(404, "there is no such case", "`tidegate incident cases` has them") : what(found, question);
    };
}

function done({ id }: Case): Answer {
    return ok({ id });
}

function texts(value: unknown): string[] | null {
    return Array.isArray(value) ? value.map(String) : null;
}

function published(of: Case, number: number, { body, who }: Question): void {
    const state = (body["state"] as PublicState | undefined) ?? of.state;
    of.updates = of.updates.map((update) =>
        update.number === number
            ? {
                  ...update,
                  stage: "published",
                  goes_out: null,
                  published: ago(0),
                  approver: who?.name ?? "",
                  state,
                  text: text(body["text"]) === "" ? update.text : text(body["text"]),
                  source: text(body["source"]),
              }
            : update,
    );
    of.state = state;
    of.over = state === "over" ? ago(0) : null;
    of.title = text(body["title"]) === "" ? of.title : text(body["title"]);
    of.services = texts(body["services"]) ?? of.services;
    of.meanwhile = texts(body["meanwhile"]) ?? of.meanwhile;
    of.steps = texts(body["steps"]) ?? of.steps;
}

function update(of: Case, question: Question): Answer {
    const { body, who } = question;
    if (body["act"] !== "draft" && !reaches(who?.role ?? "look", "act")) return tooLow("act");
    const waits = of.updates.find(({ stage }) => stage === "draft" || stage === "held");
    const known = waits !== undefined && (body["number"] ?? waits.number) === waits.number;
    if (body["act"] === "hold" && known)
        of.updates = of.updates.map((one) => (one === waits ? { ...one, stage: "held", goes_out: null } : one));
    else if (body["act"] === "approve" && known) published(of, waits.number, question);
    else if (body["act"] === "publish" && known) published(of, waits.number, question);
    else if (body["act"] === "draft" || (body["act"] === "publish" && body["number"] === undefined)) {
        const number = of.updates.length + 1;
        const words = text(body["text"]) === "" ? "Log-ins take 5 s instead of 0.3 s." : text(body["text"]);
        of.updates = [...of.updates.filter((one) => one !== waits), caseUpdate({ number, text: words, author: who?.name ?? "" })];
        if (body["act"] === "publish") published(of, number, question);
    } else return wrong(409, "no text waits", "draft one");
    return done(of);
}

function promise(of: Case, { body }: Question): Answer {
    const report = text(body["report"]);
    const owed = of.reports.find(({ name }) => name === report);
    if (body["kept"] === true) {
        if (owed === undefined) return wrong(409, `no report '${report}' is owed`, "the case has those that are");
        owed.kept = ago(0);
        return done(of);
    }
    if (body["reports"] === true) return wrong(409, "no [[case_report]] is configured", "name the report and when it is due");
    const due = until(text(body["by"])) ?? "";
    const made = { name: report, due, reminded: false, broken: false, kept: null };
    if (report === "") of.next = made;
    else of.reports = [...of.reports.filter((one) => one !== owed), made];
    return done(of);
}

function check(of: Case, { body, who }: Question): Answer {
    if (body["number"] === undefined) {
        of.checks.push({ text: text(body["text"]), who: "", done: null });
        return done(of);
    }
    const found = of.checks[Number(body["number"]) - 1];
    if (found === undefined) return wrong(409, "there is no such check", "they are numbered from 1");
    Object.assign(found, { done: ago(0), who: who?.name ?? "" });
    return done(of);
}

function lines(of: Case, { body, who }: Question): Answer {
    const mean = Number(body["mean"] ?? 0);
    const longest = Number(body["longest"] ?? mean);
    of.support = [
        ...of.support,
        { time: ago(0), who: who?.name ?? "", calls: Number(body["calls"]), mean_seconds: mean, longest_seconds: longest },
    ];
    return done(of);
}

function showPostMortem(of: Case, { query }: Question): Answer {
    if (query.get("form") !== "plot")
        return { status: 200, body: query.get("form") === "text" ? of.post_mortem.text : draft, type: "text/markdown" };
    if (of.incident === "") return wrong(404, "no hour of it is known", "the record keeps hours once they are over");
    return { status: 200, body: plot, type: "image/svg+xml" };
}

function postMortem(of: Case, { body, who }: Question): Answer {
    const it = of.post_mortem;
    if (body["act"] === "write") Object.assign(it, { text: text(body["text"]), author: who?.name ?? "", changed: ago(0) });
    else if (it.text.includes("(to be written)")) return wrong(409, "the post-mortem has parts that are to be written", "write them");
    else if (of.over === null) return wrong(409, "the case is not over", "publish an update with state over first");
    else it.published = ago(0);
    return done(of);
}

function note(of: Case, { body, who }: Question): Answer {
    const kind = body["kind"] === "action" ? "action" : "note";
    const made = { time: ago(0), kind, who: who?.name ?? "", text: text(body["text"]) };
    of.notes = [...of.notes, made];
    of.timeline = [...of.timeline, made];
    return done(of);
}

function open({ body, who }: Question, world: World): Answer {
    const id = `case-${world.cases.length + 7}`;
    const made = oneCase({ id, title: text(body["title"]), opened_by: who?.name ?? "", services: texts(body["services"]) ?? [] });
    world.cases.push({ ...made, cause: (body["cause"] as Case["cause"] | undefined) ?? null, began: text(body["began"]) || made.began });
    return ok({ id });
}

function head({ id, title, state, worst, opened, over, updates, next }: Case) {
    const isPublic = updates.some(({ stage }) => stage === "published");
    return { id, title, state, worst, opened, over, public: isPublic, next_update_by: next?.due ?? null };
}

function publicOf(of: Case): PublicIncident {
    const out = of.updates.filter(({ stage }) => stage === "published");
    return {
        id: of.id,
        title: of.title,
        state: of.state,
        services: of.services,
        worst: of.worst,
        began: of.began,
        over: of.over,
        next_update_by: of.next?.due ?? null,
        updates: out.map(({ published: time, state, text: words, source }) => ({ time: time ?? of.opened, state, text: words, source })),
        meanwhile: of.meanwhile,
        steps: of.steps,
        post_mortem: of.post_mortem.published === null ? "" : of.post_mortem.text,
    };
}

function publicPage({ query }: Question, world: World): Answer {
    const partner = query.get("partner") ?? "";
    const known = partner === "" || partner === "blue";
    return ok({
        made: ago(0),
        provider: partner === "blue" ? "Blue Hosting" : "Example Mail",
        partner,
        zone: "Europe/Vienna",
        services,
        incidents: known ? world.cases.map(publicOf) : [],
        work: known ? world.work.map(({ plan }) => plan) : [],
    });
}

export const caseRoutes: Record<string, Route> = {
    "GET /api/v1/cases": (_question, world) => ok({ cases: [...world.cases].reverse().map(head) }),
    "POST /api/v1/cases": open,
    "GET /api/v1/cases/{id}": about((of) => ok(of)),
    "POST /api/v1/cases/{id}/notes": about(note),
    "POST /api/v1/cases/{id}/updates": about(update),
    "POST /api/v1/cases/{id}/promise": about(promise),
    "POST /api/v1/cases/{id}/checks": about(check),
    "POST /api/v1/cases/{id}/lines": about(lines),
    "GET /api/v1/cases/{id}/postmortem": about(showPostMortem),
    "POST /api/v1/cases/{id}/postmortem": about(postMortem),
    "GET /api/v1/templates": () => ok({ templates }),
    "GET /api/v1/public": publicPage,
};
