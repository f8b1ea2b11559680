// Listeners with the domains that were moved to them, and the queues of mail servers.

import type { DomainMove, Listener, Queue } from "../src/api/types";
import { ago, ok, type Question, type Route, text, until, wrong } from "./answer";
import { script } from "./scene";
import type { World } from "./world";

function listener(name: string, known: Partial<Listener>): Listener {
    return {
        listener: name,
        protocol: "smtp",
        addresses: ["192.0.2.25:25"],
        sessions: 311,
        own_sessions: 0,
        most_sessions: 400,
        pressure: 0.78,
        domains: [],
        ...known,
    };
}

export function newMoves(): DomainMove[] {
    return [
        { domain: "example.net", listener: "mx2", since: ago(90), until: ago(-600), author: "anna", reason: `bots: ${script}` },
        { domain: "example.com", listener: "mx9", since: ago(4000), until: null, author: "ben", reason: "an old attack" },
    ];
}

function listeners(world: World) {
    const all = [
        listener("mx1", {}),
        listener("mx2", {
            addresses: ["192.0.2.26:25", "[2001:db8::26]:25"],
            sessions: 48,
            own_sessions: 50,
            most_sessions: 50,
            pressure: 0.96,
        }),
        listener("imap", { protocol: "imap", addresses: ["192.0.2.143:993"], sessions: 7442, most_sessions: 12_000, pressure: 0.62 }),
    ];
    for (const one of all) one.domains = world.moves.filter((move) => move.listener === one.listener);
    return { listeners: all, waiting: world.moves.filter((move) => !all.some((one) => one.listener === move.listener)) };
}

function moveDomain({ body, who }: Question, world: World) {
    const domain = text(body["domain"]);
    const others = world.moves.filter((move) => move.domain !== domain);
    if (body["action"] === "back") {
        if (others.length === world.moves.length) return wrong(404, `${domain} is not moved`, "`tidegate listeners` has those that are");
        world.moves = others;
        return ok({ domain, listener: "", action: "back", said: `${domain}'s mail is taken everywhere again.` });
    }
    const to = text(body["listener"]);
    if (to === "mx1" && body["force"] !== true)
        return wrong(409, "mx1 has no sessions of its own: whoever floods it takes everybody's", "move it to one that has, or force it");
    const ends = text(body["until"]);
    world.moves = [
        ...others,
        {
            domain,
            listener: to,
            since: ago(0),
            until: ends === "" ? null : until(ends),
            author: who?.name ?? "",
            reason: text(body["reason"]),
        },
    ];
    return ok({ domain, listener: to, action: "move", said: `${domain}'s mail is taken at ${to} alone.` });
}

function queue(name: string, known: Partial<Queue>): Queue {
    return {
        name,
        program: "postfix",
        read: ago(0.2),
        took_seconds: 0.2,
        trouble: "",
        waiting: 31,
        held: 0,
        active: 4,
        deferred: 27,
        bytes: 812_334,
        late: 2,
        usual_late: 3.5,
        backed_up: false,
        since: null,
        oldest_seconds: 41_000,
        domains: [{ domain: "example.com", messages: 12 }],
        ...known,
    };
}

export function newQueues(): Queue[] {
    return [
        queue("relay", {
            waiting: 4210,
            active: 12,
            deferred: 4198,
            bytes: 123_456_789,
            late: 4000,
            backed_up: true,
            since: ago(35),
            oldest_seconds: 660,
            domains: [
                { domain: "example.org", messages: 4000 },
                { domain: script, messages: 12 },
            ],
        }),
        queue("mx", { usual_late: null, held: 3 }),
        queue("exim", {
            program: "exim",
            read: null,
            trouble: `can't read the spool: ${script}`,
            waiting: 0,
            domains: [],
            oldest_seconds: null,
        }),
    ];
}

export const mailRoutes: Record<string, Route> = {
    "GET /api/v1/listeners": (_question, world) => ok(listeners(world)),
    "POST /api/v1/listeners": moveDomain,
    "GET /api/v1/queues": (_question, { queues }) => ok({ queues }),
};
