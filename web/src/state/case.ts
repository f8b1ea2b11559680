// A case that is looked at, the services that customers know, and orders about a case.

import { call } from "../api/call";
import type { Case, PublicRecord } from "../api/told";
import { clean } from "../text/clean";
import { type Asked, useAsked } from "./asked";
import { type Ordered, useDeed } from "./deed";

export function useCase(id: string): Asked<Case> {
    return useAsked<Case>(`cases/${encodeURIComponent(id)}`, {}, 5_000);
}

export interface CaseOrders extends Ordered {
    /** what: the end of the path; true: it is done */
    order: (what: string, done: string, body: object) => Promise<boolean>;
}

export function useCaseOrders(id: string, again: () => void): CaseOrders {
    const deed = useDeed();
    const order = (what: string, done: string, body: object) =>
        deed.run(async () => {
            await call(`cases/${encodeURIComponent(id)}/${what}`, { method: "POST", body });
            again();
            return done;
        });
    return { ...deed, order };
}

export interface ServiceChoice {
    value: string;
    text: string;
}

/** The services of [[status_service]], and what zone customers' times are in. */
export function useServices(): { services: readonly ServiceChoice[]; zone: string } {
    const { answer } = useAsked<PublicRecord>("public");
    return {
        services: (answer?.services ?? []).map(({ name, label }) => ({ value: name, text: clean(label === "" ? name : label) })),
        zone: answer?.zone ?? "",
    };
}
