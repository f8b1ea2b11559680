// What it is, most likely, and which signs say so.

import type { ByCause, Cause } from "../../api/incident";
import { ShareBar } from "../../parts/marks";
import { type Column, Table } from "../../parts/table";
import { Card, Said } from "../../parts/words";
import { decibans, percent } from "../../text/numbers";
import { causeNames } from "./words";

const causes: readonly (keyof ByCause)[] = ["attack", "own_fault", "outside"];

const heads: Record<keyof ByCause, string> = { attack: "Attack", own_fault: "Own fault", outside: "Outside" };

const columns: readonly Column<Cause["reasons"][number]>[] = [
    { name: "Sign", cell: (reason) => <Said text={reason.text} /> },
    ...causes.map((cause) => ({
        name: heads[cause],
        cell: (reason: Cause["reasons"][number]) => decibans(reason.decibans[cause]),
        number: true,
    })),
];

export function CauseCard({ cause }: { cause: Cause }) {
    return (
        <Card title="Cause" aside="decibans for each">
            <div class="causes">
                {causes.map((one) => (
                    <div key={one}>
                        <span>{causeNames[one]}</span>
                        <b class="n">{percent(cause.probability[one])}</b>
                        <ShareBar share={cause.probability[one]} tone={one === cause.likeliest ? "warn" : "plain"} />
                    </div>
                ))}
            </div>
            <h3>Signs</h3>
            <Table
                caption="Signs and what they weigh"
                rows={cause.reasons}
                columns={columns}
                keyOf={(reason) => reason.text}
                empty="None yet."
            />
        </Card>
    );
}
