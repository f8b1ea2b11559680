// How announced work stands.

import type { Plan } from "../api/told";
import { span } from "./time";

export interface Standing {
    group: "under way" | "planned" | "past";
    text: string;
    tone: "good" | "warn" | "bad" | "plain";
    /** it should have begun, or be done */
    overdue: string;
}

export function standingOf(plan: Plan, now: number): Standing {
    const past = (text: string): Standing => ({ group: "past", text, tone: "plain", overdue: "" });
    if (plan.called_off) return past("called off");
    if (plan.done) return past("done");
    const until = (Date.parse(plan.until) - now) / 1000;
    const from = (Date.parse(plan.from) - now) / 1000;
    if (plan.under_way)
        return {
            group: "under way",
            text: "under way",
            tone: until < 0 ? "bad" : "warn",
            overdue: until < 0 ? `overdue: it should have been done ${span(-until)} ago` : "",
        };
    return {
        group: "planned",
        text: "planned",
        tone: from < 0 ? "bad" : "plain",
        overdue: from < 0 ? `overdue: it should have begun ${span(-from)} ago` : "",
    };
}
