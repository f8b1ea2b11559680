// What customers are told, in words of those who tell them (docs/cases.md).

import type { PublicState, ServiceState } from "../api/told";

export const serviceWords: Record<ServiceState, string> = {
    working: "works",
    unknown: "not measured",
    maintenance: "announced work",
    slow: "slow",
    disturbed: "disturbed",
    down: "down",
};

/** How bad it was: "slow at its worst". */
export function worstWords(worst: ServiceState): string {
    return worst === "working" ? "no service was hurt" : `${serviceWords[worst]} at its worst`;
}

export function serviceTone(state: ServiceState): "good" | "warn" | "bad" | "plain" {
    if (state === "working") return "good";
    if (state === "down" || state === "disturbed") return "bad";
    return state === "slow" ? "warn" : "plain";
}

export const stateWords: Record<PublicState, string> = {
    investigating: "We are looking for the cause",
    identified: "The cause is found",
    mending: "We are mending it",
    watching: "It works again, and we are watching",
    over: "Over",
};

export function stateTone(state: PublicState): "good" | "warn" | "bad" {
    if (state === "over") return "good";
    return state === "watching" ? "warn" : "bad";
}

/** What a post-mortem has to have written before it may be published, as the daemon marks it. */
const toBeWritten = "(to be written)";

export function leftToWrite(text: string): number {
    return text.split(toBeWritten).length - 1;
}

/** What a template leaves open: "{measured}". */
export function openPlaces(text: string): string[] {
    return [...new Set(text.match(/\{(?:since|services|measured)\}/g) ?? [])];
}
