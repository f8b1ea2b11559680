// Alerts: what is to be taken, who is on call, and whether the ways by which people are called work.

import { useState } from "preact/hooks";
import type { Alert, Alerts, AlertWay, OnCall } from "../api/told";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Done, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { may } from "../state/session";
import { count, many } from "../text/numbers";
import { Take } from "./alerts/take";
import { severityTone, Things, takenBy } from "./alerts/words";

function alertColumns(onTake: (alert: Alert) => void): readonly Column<Alert>[] {
    return [
        { name: "Severity", cell: (one) => <Chip tone={severityTone[one.severity]}>{one.severity}</Chip>, by: (one) => one.severity },
        { name: "What", cell: (one) => <Things alert={one} /> },
        { name: "Since", cell: (one) => <When time={one.opened} date="always" />, by: (one) => one.opened },
        { name: "State", cell: takenBy, by: (one) => one.state },
        { name: "Called", cell: (one) => (one.called.length === 0 ? "–" : one.called.join(", ")), lesser: true },
        { name: "Code", cell: (one) => <span class="mono">{one.code}</span>, lesser: true },
        {
            name: "Take",
            cell: (one) =>
                one.state === "over" ? null : (
                    <button type="button" disabled={!may("act")} title={may("act") ? "" : "Takes the role act"} onClick={() => onTake(one)}>
                        Take {one.code}
                    </button>
                ),
        },
    ];
}

const wayTones = { well: "good", down: "bad", untried: "plain" } as const;

const wayColumns: readonly Column<AlertWay>[] = [
    { name: "Way", cell: (one) => <Said text={one.way} /> },
    { name: "State", cell: (one) => <Chip tone={wayTones[one.state] ?? "plain"}>{one.state}</Chip> },
    { name: "Where to", cell: (one) => <Said text={one.route} />, lesser: true },
    { name: "Last arrived", cell: (one) => <When time={one.arrived} /> },
    { name: "The other side said", cell: (one) => (one.said === "" ? "–" : <Said text={one.said} />), lesser: true },
    { name: "Failed", cell: (one) => `${count(one.failed)} of ${count(one.tries)}`, number: true, lesser: true },
    {
        name: "Waits",
        cell: (one) => (one.gathered + one.held_back === 0 ? "–" : `${count(one.gathered)} gathered, ${count(one.held_back)} held back`),
    },
];

const callColumns: readonly Column<OnCall>[] = [
    { name: "Rota", cell: (one) => <Said text={one.rota} /> },
    {
        name: "On call",
        cell: (one) => (
            <strong>
                <Said text={one.person} />
            </strong>
        ),
    },
    { name: "Until", cell: (one) => <When time={one.until} date="always" /> },
    { name: "Then", cell: (one) => (one.next === null ? "–" : <Said text={one.next} />) },
];

function Whole({ answer, again }: { answer: Alerts; again: () => void }) {
    const [taking, setTaking] = useState<Alert | null>(null);
    const [done, setDone] = useState("");
    const going = answer.alerts.filter(({ state }) => state !== "over");
    const down = answer.ways.filter(({ state }) => state === "down").length;
    const columns = alertColumns(setTaking);
    const taken = (what: string) => {
        setTaking(null);
        setDone(what);
        again();
    };
    return (
        <div class="grid">
            <Card title="Going on" aside={many(going.filter(({ state }) => state === "open").length, "to be taken", "to be taken")} wide>
                <Table
                    caption="Alerts that go on"
                    rows={going}
                    columns={columns}
                    keyOf={(one) => one.id}
                    empty="None: nothing is to be taken."
                    tone={(one) => (one.state === "open" ? severityTone[one.severity] : "")}
                    stacked
                />
                {may("act") || going.length === 0 ? null : <p class="quiet needs">Taking an alert takes the role act.</p>}
                <Done text={done} />
            </Card>
            <Card title="On call" wide>
                <Table
                    caption="On call"
                    rows={answer.on_call}
                    columns={callColumns}
                    keyOf={(one) => one.rota}
                    empty="No [[rota]] is configured."
                />
            </Card>
            <Card title="Ways" aside={down === 0 ? "" : <Chip tone="bad">{down} down</Chip>} wide>
                <Table
                    caption="Ways by which people are told"
                    rows={answer.ways}
                    columns={wayColumns}
                    keyOf={(one) => one.way}
                    empty="No [[alert]] is configured: nobody is told. docs/alerts.md says how."
                    tone={(one) => (one.state === "down" ? "bad" : "")}
                />
                <p class="hint">A test by every way: `tidegate alert test` on the machine itself.</p>
            </Card>
            <Card title="Over" wide>
                <Table
                    caption="Alerts that are over"
                    rows={answer.alerts.filter(({ state }) => state === "over")}
                    columns={columns.filter(({ name }) => name !== "Take")}
                    keyOf={(one) => one.id}
                    empty="None."
                    first={15}
                    stacked
                />
            </Card>
            {taking === null ? null : <Take alert={taking} onClose={() => setTaking(null)} onDone={taken} />}
        </div>
    );
}

export function AlertsView() {
    const { answer, refused, again } = useAsked<Alerts>("alerts", {}, 5_000);
    return (
        <>
            <Complaint refused={refused} again={again} />
            {answer === null ? refused === null ? <Waiting what="Asking" /> : null : <Whole answer={answer} again={again} />}
        </>
    );
}
