// An incident in words.

import type { ByCause, Cause, IncidentState, Target } from "../../api/incident";
import { percent } from "../../text/numbers";

export const causeNames: Record<keyof ByCause, string> = {
    attack: "An attack",
    own_fault: "A fault of our own",
    outside: "Trouble outside",
};

/** Name, probability, and what speaks most for it. */
export function causeInALine(cause: Cause): string {
    const name = causeNames[cause.likeliest] ?? String(cause.likeliest);
    const best = [...cause.reasons].sort((a, b) => (b.decibans[cause.likeliest] ?? 0) - (a.decibans[cause.likeliest] ?? 0))[0];
    return `${name}, ${percent(cause.probability[cause.likeliest])}${best === undefined ? "" : `: ${best.text}`}`;
}

export function targetName(target: Target): string {
    return target.name ?? target.account?.name ?? target.account?.pseudonym ?? "?";
}

/** "domain", "listener" ...; empty where the name says it: a stand-in is "account 3f2a91". */
export function targetKind(target: Target): string {
    return target.kind === "account" && target.account?.name === undefined ? "" : target.kind;
}

export function incidentTone(state: IncidentState): "bad" | "warn" | "plain" {
    return state === "open" ? "bad" : state === "quiet" ? "warn" : "plain";
}
