// At whom it is aimed, as far as that stands out.

import type { Target } from "../../api/incident";
import { RangeBar } from "../../parts/marks";
import { type Column, Table } from "../../parts/table";
import { Card, Said } from "../../parts/words";
import { percent } from "../../text/numbers";
import { targetKind, targetName } from "./words";

const columns: readonly Column<Target>[] = [
    {
        name: "Target",
        cell: (one) => (
            <>
                {targetKind(one)} <Said text={targetName(one)} mono />
            </>
        ),
    },
    { name: "Share", cell: (one) => percent(one.share), by: (one) => one.share, number: true },
    {
        name: "95 % between",
        cell: (one) => (
            <>
                {percent(one.share_low)} and {percent(one.share_high)}{" "}
                <RangeBar low={one.share_low} middle={one.share} high={one.share_high} />
            </>
        ),
        lesser: true,
    },
    { name: "As a rule", cell: (one) => percent(one.normal_share), by: (one) => one.normal_share, number: true },
    { name: "Confidence", cell: (one) => percent(one.confidence), by: (one) => one.confidence, number: true },
];

export function Targets({ targets }: { targets: readonly Target[] }) {
    return (
        <Card title="Targets" aside="share of the hostile attempts">
            <Table
                caption="Targets"
                rows={targets}
                columns={columns}
                keyOf={(one) => `${targetKind(one)}/${targetName(one)}`}
                empty="None stands out: it is aimed at everybody, or there is too little of it."
            />
        </Card>
    );
}
