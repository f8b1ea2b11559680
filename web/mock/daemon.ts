// A daemon that is none: it serves web/dist and answers the API as promised. Anything that is not as docs/*-openapi.yaml says, in a
// question or in an answer, is kept as a complaint, and the tests fail by it.

import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Role, Session, Told } from "../src/api/types";
import { type Answer, reaches } from "./answer";
import { Contract, type Operation } from "./contract";
import { heads } from "./incident";
import { routes } from "./routes";
import { scene, script, turned } from "./scene";
import { newWorld, type World } from "./world";

const types: Record<string, string> = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
};

/** As the daemon has it (docs/console.md). */
const guards = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
};

async function bodyOf(request: IncomingMessage): Promise<string> {
    let text = "";
    for await (const piece of request) text += String(piece);
    return text;
}

function toldLines(): Told[] {
    const time = new Date().toISOString();
    return [
        { time, thing: "takeover_suspected", loudness: "warning", fields: { address: "203.0.113.9", account: turned, sum: 14.2 } },
        { time, thing: "alarm", loudness: "warning", fields: { series: "attempts", state: "open", text: script } },
        { time, thing: "posture_changed", loudness: "notice", fields: { text: "storm" } },
        {
            time,
            thing: "list_suspended",
            loudness: "error",
            fields: { list: "bl.example.net", why: "it names 127.0.0.1, which no list may" },
        },
    ];
}

export class MockDaemon {
    readonly complaints: string[] = [];
    readonly asked: string[] = [];
    world: World = newWorld();
    private readonly server: Server;
    private readonly streams = new Set<ServerResponse>();
    private silent = false;
    private readonly timer: NodeJS.Timeout;

    private constructor(
        private readonly contract: Contract,
        private readonly dist: string,
    ) {
        this.server = createServer((request, response) => void this.answer(request, response));
        this.timer = setInterval(() => this.tick(), 250);
    }

    static async start(docs: string, dist: string, port = 0): Promise<MockDaemon> {
        const daemon = new MockDaemon(new Contract(docs), dist);
        await new Promise<void>((ready) => daemon.server.listen(port, "127.0.0.1", ready));
        return daemon;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** Streams stay open, but nothing comes: a daemon that hangs. */
    fallSilent(): void {
        this.silent = true;
    }
    /** Streams break off, and none is given: a daemon that is gone. */
    breakStreams(): void {
        this.silent = true;
        for (const stream of this.streams) stream.destroy();
        this.streams.clear();
    }
    goOn(): void {
        this.silent = false;
    }

    async stop(): Promise<void> {
        clearInterval(this.timer);
        this.server.closeAllConnections();
        await new Promise((done) => this.server.close(done));
    }

    private tick(): void {
        if (this.silent) return;
        for (const stream of this.streams) this.tell(stream, "scene", scene(Date.now(), this.world.mode));
    }

    private tell(stream: ServerResponse, name: string, value: unknown): void {
        const wrong = this.contract.wrongEvent(name, value);
        if (wrong !== "") this.complaints.push(`event ${name}: ${wrong}`);
        stream.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        for (const [name, value] of Object.entries(guards)) response.setHeader(name, value);
        const url = new URL(request.url ?? "/", this.url);
        if (!url.pathname.startsWith("/api/")) return this.page(url.pathname, response);
        this.asked.push(`${request.method} ${url.pathname}${url.search}`);
        const operation = this.contract.find(request.method ?? "", url.pathname);
        if (operation === null) {
            this.complaints.push(`there is no ${request.method} ${url.pathname}`);
            response.writeHead(404).end();
            return;
        }
        const who = this.who(request);
        if (operation.path === "/api/v1/live") return this.live(who, response);
        const said = await this.outcome(request, url, operation, who);
        this.send(`${request.method} ${url.pathname}`, operation, said, response);
    }

    private send(call: string, operation: Operation, said: Answer, response: ServerResponse): void {
        const type = said.type ?? "application/json";
        const wrong = this.contract.wrongAnswer(operation, said.status, type, said.body);
        if (wrong !== "") this.complaints.push(`the answer ${said.status} to ${call}: ${wrong}`);
        response.setHeader("Cache-Control", "no-store");
        if (said.cookie !== undefined && said.status !== 429)
            response.setHeader(
                "Set-Cookie",
                `${said.cookie === "" ? "tidegate=; Max-Age=0" : said.cookie}; HttpOnly; SameSite=Strict; Path=/`,
            );
        if (said.status === 429) response.setHeader("Retry-After", "1800");
        if (said.body === undefined) response.writeHead(said.status).end();
        else
            response
                .writeHead(said.status, { "Content-Type": type })
                .end(type === "application/json" ? JSON.stringify(said.body) : String(said.body));
    }

    private who(request: IncomingMessage): Session | null {
        const name = /(?:^|; )tidegate=([a-z0-9._-]+)/.exec(request.headers.cookie ?? "")?.[1];
        const user = this.world.users.find((one) => one.name === name);
        return user === undefined
            ? null
            : { name: user.name, role: user.role, csrf: "csrf-of-the-mock", expires: new Date(Date.now() + 12 * 3_600_000).toISOString() };
    }

    private async outcome(request: IncomingMessage, url: URL, operation: Operation, who: Session | null): Promise<Answer> {
        const refused = (status: number, error: string, needs?: Role): Answer => ({
            status,
            body: { error, mend: "", ...(needs === undefined ? {} : { needs }) },
        });
        if (operation.role !== "none") {
            if (who === null) return refused(401, "nobody is signed in");
            if (!reaches(who.role, operation.role)) return refused(403, `this takes the role ${operation.role}`, operation.role);
            if (request.method !== "GET" && request.headers["x-tidegate-csrf"] !== who.csrf) return refused(403, "the CSRF token is wrong");
        }
        const raw = await bodyOf(request);
        if (raw !== "" && request.headers["content-type"] !== "application/json") return refused(415, "the body is not JSON");
        const body: unknown = raw === "" ? undefined : JSON.parse(raw);
        const wrong = this.contract.wrongQuestion(operation, url.searchParams, body);
        if (wrong !== "") this.complaints.push(`the question ${request.method} ${url.pathname}: ${wrong}`);
        const route = routes[`${request.method} ${operation.path}`];
        if (route === undefined) throw new Error(`the mock has no ${request.method} ${operation.path}`);
        return route(
            { parameters: operation.parameters, query: url.searchParams, body: (body ?? {}) as Record<string, unknown>, who },
            this.world,
        );
    }

    private live(who: Session | null, response: ServerResponse): void {
        if (who === null || this.silent) {
            response
                .writeHead(who === null ? 401 : 503, { "Content-Type": "application/json" })
                .end(JSON.stringify({ error: "no stream now", mend: "" }));
            return;
        }
        response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
        this.streams.add(response);
        response.on("close", () => this.streams.delete(response));
        this.tell(response, "scene", scene(Date.now(), this.world.mode));
        for (const head of heads(Date.now()).filter((one) => one.state !== "closed" && !this.world.closed.has(one.id)))
            this.tell(response, "incident", head);
        for (const line of toldLines()) this.tell(response, "told", line);
    }

    private page(path: string, response: ServerResponse): void {
        const name = path === "/" ? "index.html" : path.slice(1);
        if (!readdirSync(this.dist).includes(name)) {
            response.writeHead(404).end();
            return;
        }
        response
            .writeHead(200, { "Content-Type": types[extname(name)] ?? "application/octet-stream" })
            .end(readFileSync(join(this.dist, name)));
    }
}
