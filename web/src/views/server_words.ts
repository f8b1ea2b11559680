import type { Server } from "../api/types";

export function stateTone(state: Server["state"]): "good" | "warn" | "bad" {
    if (state === "up") return "good";
    return state === "slow start" || state === "draining" ? "warn" : "bad";
}
