// Who is signed in, and what he may.

import type { Role, Session } from "../api/types";
import { Store } from "./store";

export interface Signed {
    state: "unknown" | "out" | "in";
    who: Session | null;
    /** why he has to sign in again; may be empty */
    why: string;
}

export const session = new Store<Signed>({ state: "unknown", who: null, why: "" });

export const roles: readonly Role[] = ["look", "support", "act", "administer"];

export const roleWords: Record<Role, string> = {
    look: "sees everything but passwords and settings",
    support: "also asks why, lets customers in for a time, writes into incidents, drafts words for customers, and counts calls",
    act: "also denies, lifts, takes alerts, tells customers, announces work, drains servers, moves domains, closes incidents, changes the mode, and sees settings and the audit log",
    administer: "also looks after users, tokens, backups and forgetting",
};

export function may(needed: Role, has: Role | undefined = session.get().who?.role): boolean {
    return has !== undefined && roles.indexOf(has) >= roles.indexOf(needed);
}
