// One call of the API. Every failure comes out as a Refused, in words that say what to do.

import { session } from "../state/session";
import type { Role } from "./types";

export class Refused extends Error {
    constructor(
        /** 0: there was no answer */
        readonly status: number,
        readonly error: string,
        readonly mend: string,
        readonly needs: Role | null = null,
    ) {
        super(error);
    }
}

export type Query = Record<string, string | number | boolean | undefined>;

interface Call {
    method?: "GET" | "POST" | "DELETE";
    query?: Query;
    body?: unknown;
    signal?: AbortSignal;
}

const mends: Record<number, string> = {
    401: "Sign in again.",
    403: "Ask somebody whose role is high enough.",
    404: "It may be gone: go back and look again.",
    409: "Look how things stand now, then try again.",
    429: "Wait, then try again.",
    503: "The daemon is starting or has too much to do: try again in a moment.",
};

export function address(path: string, query: Query = {}): string {
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) words.set(name, String(value));
    const text = words.toString();
    return `/api/v1/${path}${text === "" ? "" : `?${text}`}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}

function textOf(value: unknown, otherwise: string): string {
    return typeof value === "string" && value !== "" ? value : otherwise;
}

async function refusal(response: Response): Promise<Refused> {
    const said: unknown = await response.json().catch(() => null);
    const fields = isRecord(said) ? said : {};
    const seconds = Number(response.headers.get("Retry-After"));
    const wait = seconds > 0 ? `Try again in ${seconds >= 120 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`}.` : "";
    return new Refused(
        response.status,
        textOf(fields["error"], `The daemon answered ${response.status}.`),
        [textOf(fields["mend"], wait === "" ? (mends[response.status] ?? "Try again; if it stays, look at the daemon's log.") : ""), wait]
            .filter((part) => part !== "")
            .join(" "),
        (fields["needs"] as Role | undefined) ?? null,
    );
}

async function fetched(path: string, { method = "GET", query, body, signal }: Call): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    const csrf = session.get().who?.csrf;
    if (method !== "GET" && csrf !== undefined) headers["X-Tidegate-Csrf"] = csrf;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
        return await fetch(address(path, query), {
            method,
            headers,
            credentials: "same-origin",
            redirect: "error",
            cache: "no-store",
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            ...(signal === undefined ? {} : { signal }),
        });
    } catch (trouble) {
        if (signal?.aborted) throw trouble;
        throw new Refused(
            0,
            "The daemon does not answer.",
            "Is it running, and is the way to it open? What you asked for may or may not have been done.",
        );
    }
}

async function answered(path: string, what: Call): Promise<Response> {
    const response = await fetched(path, what);
    if (response.status === 401 && session.get().state === "in") {
        session.set({ state: "out", who: null, why: "Your session is over. Sign in again; nothing else was lost." });
    }
    if (!response.ok) throw await refusal(response);
    return response;
}

/** T is what the OpenAPI file promises of this call. */
export async function call<T>(path: string, what: Call = {}): Promise<T> {
    const response = await answered(path, what);
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T;
}

/** Of a call whose answer is no JSON: Markdown, a drawing. */
export async function callText(path: string, query: Query): Promise<string> {
    return (await answered(path, { query })).text();
}

export function refusedOf(trouble: unknown): Refused {
    if (trouble instanceof Refused) return trouble;
    return new Refused(
        0,
        trouble instanceof Error ? trouble.message : String(trouble),
        "Load the page anew; if it stays, tell who looks after Tidegate.",
    );
}
