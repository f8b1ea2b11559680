// How long log-ins wait, by hop.

import type { Wait } from "../../api/types";
import { type Column, Table } from "../../parts/table";
import { Card, Waiting } from "../../parts/words";
import { count, milliseconds } from "../../text/numbers";
import type { BandsAnswer } from "./bands";

const hops: Record<string, string> = {
    client: "the client's side",
    edge: "Tidegate itself",
    auth: "the servers, until they let in",
    database: "the database",
};

/** As detection has it (docs/incidents.md): three times as long as usual, and 2 ms more. */
function isSlow(wait: Wait): boolean {
    return wait.usual_ms > 0 && wait.now_ms >= 3 * wait.usual_ms && wait.now_ms >= wait.usual_ms + 2;
}

const columns: readonly Column<Wait>[] = [
    { name: "Where", cell: (wait) => hops[wait.hop] ?? wait.hop },
    { name: "Service", cell: (wait) => wait.service },
    { name: "Times", cell: (wait) => count(wait.times), number: true, lesser: true },
    {
        name: "Now",
        cell: (wait) => (
            <span class={isSlow(wait) ? "bad" : ""}>
                {milliseconds(wait.now_ms)}
                {isSlow(wait) ? " slow" : ""}
            </span>
        ),
        number: true,
    },
    { name: "As a rule", cell: (wait) => milliseconds(wait.usual_ms), number: true },
];

export function Waits({ answer }: { answer: BandsAnswer | null }) {
    return (
        <Card title="How long log-ins wait" aside="in the last minute">
            {answer === null ? (
                <Waiting what="Asking" />
            ) : (
                <Table
                    caption="How long log-ins wait"
                    rows={answer.waits}
                    columns={columns}
                    keyOf={(wait) => `${wait.hop}/${wait.service}`}
                    empty="Nothing was measured yet."
                    tone={(wait) => (isSlow(wait) ? "bad" : "")}
                />
            )}
        </Card>
    );
}
