// The records of incidents: all of them, or one.

import { useEffect } from "preact/hooks";
import type { IncidentHead } from "../api/incident";
import { incidentHeads } from "../api/live";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { to } from "../state/route";
import { useStore } from "../state/store";
import { count } from "../text/numbers";
import { secondsBetween, span } from "../text/time";
import { Cases } from "./case/list";
import { OpenCase } from "./case/open";
import { CaseRecord } from "./case/record";
import { IncidentRecord } from "./incident/record";
import { incidentTone } from "./incident/words";

const columns: readonly Column<IncidentHead>[] = [
    { name: "State", cell: (one) => <Chip tone={incidentTone(one.state)}>{one.state}</Chip>, by: (one) => one.state },
    {
        name: "Incident",
        cell: (one) => (
            <a href={to("incidents", one.id)}>
                <Said text={one.title} />
            </a>
        ),
        by: (one) => one.title,
    },
    { name: "Record", cell: (one) => one.id, by: (one) => one.id, lesser: true },
    { name: "Began", cell: (one) => <When time={one.began} date="always" />, by: (one) => one.began },
    {
        name: "Lasted",
        cell: (one) => span(secondsBetween(one.began, one.closed ?? new Date())),
        by: (one) => secondsBetween(one.began, one.closed ?? new Date()),
        number: true,
    },
    { name: "Alarms", cell: (one) => count(one.alarms), by: (one) => one.alarms, number: true, lesser: true },
];

function All() {
    const { answer, refused, again } = useAsked<{ incidents: IncidentHead[] }>("incidents", {}, 30_000);
    const turns = useStore(incidentHeads);
    useEffect(again, [turns]);
    return (
        <Card title="The latest first" wide>
            <Complaint refused={refused} again={again} />
            {answer === null ? (
                refused === null ? (
                    <Waiting what="Asking" />
                ) : null
            ) : (
                <Table
                    caption="Incidents"
                    rows={answer.incidents}
                    columns={columns}
                    keyOf={(one) => one.id}
                    empty="None yet. An alarm of detection opens one."
                />
            )}
        </Card>
    );
}

/** Cases that people opened have no record of detection behind them. */
function isByHand(id: string): boolean {
    return id.startsWith("case-");
}

export function IncidentsView({ rest }: { rest: string }) {
    if (rest === "")
        return (
            <div class="grid">
                <All />
                <Cases />
                <OpenCase />
            </div>
        );
    return isByHand(rest) ? <CaseRecord id={rest} /> : <IncidentRecord id={rest} />;
}
