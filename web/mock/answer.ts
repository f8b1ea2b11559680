// What a call is told, and what it may answer.

import type { Role, Session } from "../src/api/types";
import type { World } from "./world";

export interface Question {
    parameters: Record<string, string>;
    query: URLSearchParams;
    body: Record<string, unknown>;
    who: Session | null;
}

export interface Answer {
    status: number;
    body?: unknown;
    type?: "application/json" | "text/markdown" | "image/svg+xml";
    cookie?: string;
}

export type Route = (question: Question, world: World) => Answer;

export function ok(body: unknown): Answer {
    return { status: 200, body };
}

export function wrong(status: number, error: string, mend: string, needs?: Role): Answer {
    return { status, body: { error, mend, ...(needs === undefined ? {} : { needs }) } };
}

const ranks: readonly Role[] = ["look", "support", "act", "administer"];

export function reaches(has: Role, least: Role): boolean {
    return ranks.indexOf(has) >= ranks.indexOf(least);
}

export function tooLow(needs: Role): Answer {
    return wrong(403, `this takes the role ${needs}`, "ask somebody who has it", needs);
}

export function text(value: unknown): string {
    return typeof value === "string" ? value : "";
}

/** "30m", "12h", "7d", a time: as one. */
export function until(expires: string): string | null {
    if (expires === "never") return null;
    if (/^\d{4}-/.test(expires)) return new Date(expires).toISOString();
    const [, number = "7", unit = "d"] = /^(\d+)([mhd])$/.exec(expires) ?? [];
    const seconds = { m: 60, h: 3600, d: 86_400 }[unit] ?? 86_400;
    return new Date(Date.now() + Number(number) * seconds * 1000).toISOString();
}

export function ago(minutes: number): string {
    return new Date(Date.now() - minutes * 60_000).toISOString();
}
