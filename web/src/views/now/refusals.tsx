// Who was refused lately.

import type { LatestRefusal } from "../../api/types";
import { type Column, Table } from "../../parts/table";
import { Card, Chip, When, Who } from "../../parts/words";
import { evidenceWords, measureTone, measureWords } from "../../text/evidence";
import { decibans } from "../../text/numbers";

const columns: readonly Column<LatestRefusal>[] = [
    { name: "Time", cell: (one) => <When time={one.time} />, by: (one) => one.time },
    { name: "Account", cell: (one) => <Who text={one.account} />, by: (one) => one.account },
    { name: "Address", cell: (one) => <Who text={one.address} />, by: (one) => one.address },
    { name: "Service", cell: (one) => one.service, by: (one) => one.service, lesser: true },
    { name: "Most against it", cell: (one) => evidenceWords(one.evidence), by: (one) => one.evidence, lesser: true },
    { name: "Sum", cell: (one) => decibans(one.sum), by: (one) => one.sum, number: true },
    {
        name: "Measure",
        cell: (one) => <Chip tone={measureTone(one.measure)}>{measureWords(one.measure)}</Chip>,
        by: (one) => one.measure,
        lesser: true,
    },
    { name: "Code", cell: (one) => <Who text={one.code} /> },
];

export function LatestRefusals({ refused }: { refused: readonly LatestRefusal[] }) {
    return (
        <Card title="The latest refusals" aside="sums in decibans" wide>
            <Table
                caption="The latest refusals"
                rows={refused}
                columns={columns}
                keyOf={(one) => one.code}
                empty="Nobody was refused lately."
                first={12}
            />
        </Card>
    );
}
