// What each call answers. Whether it may, and whether question and answer are as promised, is looked at before and after (daemon.ts).

import type { Role } from "../src/api/types";
import { alertRoutes } from "./alerts";
import { type Answer, ok, type Question, type Route, reaches, text, tooLow, until, wrong } from "./answer";
import { caseRoutes } from "./cases";
import { heads, markdown, record } from "./incident";
import { mailRoutes } from "./mail";
import { bands, edge, scene, servers, waits } from "./scene";
import { codeAt, mockSecret } from "./totp";
import { workRoutes } from "./work";
import { audit, configuration, deeds, networks, noTrial, type World, why } from "./world";

function addException({ body, who }: Question, world: World): Answer {
    const effect = body["effect"] === "deny" ? "deny" : "allow";
    const expires = until(text(body["expires"]) === "" ? "7d" : text(body["expires"]));
    const far = expires === null || new Date(expires).getTime() > Date.now() + 31.5 * 86_400_000;
    if ((effect === "deny" || far) && !reaches(who?.role ?? "look", "act")) return tooLow("act");
    if (text(body["reason"]) === "") return wrong(400, "an exception needs a reason", "say why, and for whom");
    const made = {
        id: world.exceptions.length + 20,
        effect,
        subject: text(body["subject"]),
        reason: text(body["reason"]),
        author: who?.name ?? "",
        created: new Date().toISOString(),
        expires,
    } as const;
    world.exceptions = [made, ...world.exceptions];
    return ok(made);
}

function liftException({ query }: Question, world: World): Answer {
    const gone = world.exceptions.filter((one) => String(one.id) === query.get("id") || one.subject === query.get("subject"));
    if (gone.length === 0) return wrong(404, "there is no such exception", "look at those that there are");
    world.exceptions = world.exceptions.filter((one) => !gone.includes(one));
    return ok({ lifted: gone, was_banned: false });
}

function orderServer({ body, who }: Question, _world: World): Answer {
    const server = text(body["server"]);
    const action = text(body["action"]);
    if (action !== "what-if" && !reaches(who?.role ?? "look", "act")) return tooLow("act");
    if (!servers(Date.now()).some((one) => one.server === server))
        return wrong(404, `there is no server ${server}`, "tidegate servers names them");
    if (action === "what-if")
        return ok({
            server,
            action,
            said: `Without ${server} the others would hold 7,442 sessions of 20,000, and take 14.2 log-ins a second of 120: they bear it.`,
        });
    if (action !== "back" && server === "imap-1.example.org" && body["force"] !== true)
        return wrong(
            409,
            "imap-2.example.org alone would have to take 4,120 sessions more, and may have 2,900",
            "bring another one back first, or force it",
        );
    return ok({ server, action, said: `${server}: ${action} is ordered.` });
}

function incident({ parameters, query, who }: Question, world: World): Answer {
    const names = query.get("names") === "true";
    if (names && !reaches(who?.role ?? "look", "support")) return tooLow("support");
    const found = record(Date.now(), parameters["id"] ?? "", names);
    if (found === null) return wrong(404, "there is no such incident", "tidegate incident list names them");
    for (const words of world.said)
        found.timeline.push({ time: new Date().toISOString(), kind: "said", who: who?.name ?? "", text: words });
    if (world.closed.has(found.id)) Object.assign(found, { state: "closed", closed: new Date().toISOString() });
    if (query.get("form") === "markdown") return { status: 200, body: markdown(found, query.get("zone") ?? "UTC"), type: "text/markdown" };
    return ok(found);
}

function say({ parameters, body }: Question, world: World): Answer {
    world.said.push(text(body["text"]));
    return ok({ id: parameters["id"] ?? "", time: new Date().toISOString() });
}

function close({ parameters }: Question, world: World): Answer {
    const id = parameters["id"] ?? "";
    if (world.closed.has(id)) return wrong(409, "it is closed already", "nothing is left to do");
    world.closed.add(id);
    return ok({ id, time: new Date().toISOString() });
}

function isCode(code: unknown): boolean {
    return code === "123456" || code === codeAt(mockSecret, Date.now());
}

function signIn({ body }: Question, world: World): Answer {
    const user = world.users.find((one) => one.name === body["name"]);
    if (body["code"] === "000429") return { ...wrong(429, "too many wrong log-ins", ""), cookie: "" };
    if (user === undefined || body["password"] !== "correct horse battery" || !isCode(body["code"]))
        return wrong(401, "name, password or code is wrong", "each code is good once: wait for the next one");
    return {
        ...ok({ name: user.name, role: user.role, csrf: "csrf-of-the-mock", expires: new Date(Date.now() + 12 * 3_600_000).toISOString() }),
        cookie: `tidegate=${user.name}`,
    };
}

function startTrial({ body, who }: Question, world: World): Answer {
    if (world.trial.state === "running") return wrong(409, "a trial runs already", "wait for it, or break it off");
    world.trial = {
        ...noTrial,
        state: "running",
        progress: 0.4,
        started: new Date().toISOString(),
        author: who?.name ?? "",
        changes: body["changes"] as World["trial"]["changes"],
    };
    return ok(world.trial);
}

/** Each time that is asked it has gone on. */
function trial(_question: Question, world: World): Answer {
    const now = world.trial;
    if (now.state === "running")
        world.trial =
            (now.progress ?? 0) < 0.8
                ? { ...now, progress: (now.progress ?? 0) + 0.3 }
                : {
                      ...now,
                      state: "done",
                      progress: 1,
                      result: {
                          attempts: 4_120_332,
                          guesses: 3_904_112,
                          first: "2026-07-06T00:00:00Z",
                          last: "2026-08-05T02:10:00Z",
                          was: { guesses_stopped: 3_702_112, customers_refused: 31, takeovers: 4 },
                          would: { guesses_stopped: 3_760_332, customers_refused: 38, takeovers: 4 },
                          unknown: 12,
                          missing: 0,
                      },
                  };
    return ok(now);
}

function addUser({ body }: Question, world: World): Answer {
    const name = text(body["name"]);
    if (world.users.some((one) => one.name === name)) return wrong(409, `there is a user ${name} already`, "take another name");
    world.users.push({ name, role: body["role"] as Role, created: new Date().toISOString(), last_seen: null });
    return ok({
        name,
        role: body["role"],
        otpauth: `otpauth://totp/Tidegate:${name}?secret=${mockSecret}&issuer=Tidegate`,
    });
}

/** A change of one user. */
function user(change: (one: World["users"][number], question: Question, world: World) => Answer): Route {
    return (question, world) => {
        const found = world.users.find((one) => one.name === question.parameters["name"]);
        return found === undefined ? wrong(404, "there is no such user", "look at those that there are") : change(found, question, world);
    };
}

function isLast(one: World["users"][number], world: World): boolean {
    return one.role === "administer" && world.users.filter((each) => each.role === "administer").length === 1;
}

const lastOne = wrong(409, "nobody else may administer", "give somebody else that role first");

function addToken({ body, who }: Question, world: World): Answer {
    const made = {
        name: text(body["name"]),
        role: body["role"] as Role,
        calls: (body["calls"] as string[] | undefined) ?? [],
        author: who?.name ?? "",
        created: new Date().toISOString(),
        expires: until(text(body["expires"])),
        last_used: null,
    };
    world.tokens.push(made);
    return ok({ ...made, token: `tg_${"A".repeat(43)}` });
}

const people: Record<string, Route> = {
    "GET /api/v1/users": (_question, world) => ok({ users: world.users }),
    "POST /api/v1/users": addUser,
    "DELETE /api/v1/users/{name}": user((one, _question, world) => {
        if (isLast(one, world)) return lastOne;
        world.users = world.users.filter((each) => each !== one);
        return { status: 204 };
    }),
    "POST /api/v1/users/{name}/role": user((one, { body }, world) => {
        if (isLast(one, world)) return lastOne;
        one.role = body["role"] as Role;
        return ok(one);
    }),
    "POST /api/v1/users/{name}/password": user((one) => ok(one)),
    "POST /api/v1/users/{name}/totp": user((one) =>
        ok({
            name: one.name,
            role: one.role,
            otpauth: `otpauth://totp/Tidegate:${one.name}?secret=${mockSecret}&issuer=Tidegate`,
        }),
    ),
    "GET /api/v1/tokens": (_question, world) => ok({ tokens: world.tokens }),
    "POST /api/v1/tokens": addToken,
    "DELETE /api/v1/tokens/{name}": ({ parameters }, world) => {
        world.tokens = world.tokens.filter((one) => one.name !== parameters["name"]);
        return { status: 204 };
    },
};

export const routes: Record<string, Route> = {
    "POST /api/v1/session": signIn,
    "GET /api/v1/session": ({ who }) => ok(who),
    "DELETE /api/v1/session": () => ({ status: 204, cookie: "" }),
    "GET /api/v1/networks": () => ok(networks()),
    "GET /api/v1/configuration": () => ok(configuration()),
    "POST /api/v1/trial": startTrial,
    "GET /api/v1/trial": trial,
    "DELETE /api/v1/trial": (_question, world) => {
        world.trial = noTrial;
        return { status: 204 };
    },
    "GET /api/v1/audit": ({ query }) => ok({ entries: audit().filter((one) => query.get("who") === null || one.who === query.get("who")) }),
    "GET /api/v1/scene": (_question, world) => ok(scene(Date.now(), world.mode)),
    "GET /api/v1/why": ({ query }) =>
        query.get("who") === "broken"
            ? wrong(400, "nobody is called that", "give an address, an account or a code")
            : ok(why(query.get("who") ?? "")),
    "GET /api/v1/exceptions": (_question, world) => ok({ exceptions: world.exceptions }),
    "POST /api/v1/exceptions": addException,
    "DELETE /api/v1/exceptions": liftException,
    "POST /api/v1/vouch": ({ body }) => {
        const found = why(text(body["code"]));
        return ok(found.kind === "code" ? found.refused[0] : null);
    },
    "POST /api/v1/mode": ({ body }, world) => {
        world.mode = body["mode"] === "watch" ? "watch" : "act";
        return ok({ mode: world.mode });
    },
    "GET /api/v1/deeds": ({ query }) =>
        ok({ deeds: deeds().filter((one) => query.get("author") === null || one.author === query.get("author")) }),
    "POST /api/v1/forget": () => ok({ id: 5 }),
    "POST /api/v1/backup": () => ok({ id: 6 }),
    "GET /api/v1/upkeep": () => ok({ state: "done", result: { entries: 12 } }),
    "GET /api/v1/incidents": () => ok({ incidents: heads(Date.now()) }),
    "GET /api/v1/incidents/{id}": incident,
    "POST /api/v1/incidents/{id}/say": say,
    "POST /api/v1/incidents/{id}/close": close,
    "GET /api/v1/bands": () => ok({ bands: bands(), waits: waits() }),
    "GET /api/v1/servers": () => ok({ servers: servers(Date.now()) }),
    "POST /api/v1/servers": orderServer,
    "GET /api/v1/edge": () => ok(edge()),
    "POST /api/v1/forget-passwords": ({ body }) => ok({ account: text(body["account"]) }),
    ...people,
    ...alertRoutes,
    ...caseRoutes,
    ...mailRoutes,
    ...workRoutes,
};
