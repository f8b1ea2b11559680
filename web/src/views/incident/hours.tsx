// The table of hours, and a plot of one of its series against what was to be expected.

import { useMemo, useState } from "preact/hooks";
import type { HourRow } from "../../api/incident";
import { Choice } from "../../parts/forms";
import { type Line, Plot } from "../../parts/plot";
import { type Column, Table } from "../../parts/table";
import { Card, Chip, When } from "../../parts/words";
import { count, rate } from "../../text/numbers";

const lines: readonly Line[] = [
    { label: "observed", colour: "--attempts", stepped: true },
    { label: "expected", colour: "--expected", dash: true, stepped: true },
    { label: "expected + 2 errors", colour: "--logins", stepped: true },
    { label: "expected − 2 errors", colour: "--logins", stepped: true },
];

function nameOf(row: HourRow): string {
    return `${row.volume}, ${row.service === "all" ? "all services" : row.service}`;
}

/** "+310 % ± 12 %"; not known where the error is more than half of what is expected, as in the Markdown. */
function above(row: HourRow): string {
    if (row.percent_above === null || row.standard_error > row.expected / 2) return "not known";
    return `${row.percent_above >= 0 ? "+" : "−"}${count(Math.abs(row.percent_above))} % ± ${count(row.percent_error)} %`;
}

const columns: readonly Column<HourRow>[] = [
    { name: "Hour", cell: (row) => <When time={row.start} date="always" />, by: (row) => row.start },
    { name: "Observed", cell: (row) => count(row.observed), by: (row) => row.observed, number: true },
    { name: "Expected", cell: (row) => `${rate(row.expected)} ± ${rate(row.standard_error)}`, by: (row) => row.expected, number: true },
    { name: "Above it", cell: above, by: (row) => row.percent_above ?? 0, number: true },
    {
        name: "Customers' part",
        cell: (row) => (row.customers === null ? "not known" : `${rate(row.customers)} ± ${rate(row.customers_error)}`),
        number: true,
        lesser: true,
    },
    { name: "Alarm", cell: (row) => (row.flagged ? <Chip tone="bad">alarm</Chip> : ""), by: (row) => Number(row.flagged) },
];

function pointsOf(rows: readonly HourRow[]): [number[], number[], number[], number[], number[]] {
    const ends = rows.length === 0 ? [] : [...rows, rows[rows.length - 1] as HourRow]; // the last hour is drawn to its end
    return [
        ends.map((row, at) => new Date(row.start).getTime() / 1000 + (at === rows.length ? 3600 : 0)),
        ends.map((row) => row.observed),
        ends.map((row) => row.expected),
        ends.map((row) => row.expected + 2 * row.standard_error),
        ends.map((row) => Math.max(row.expected - 2 * row.standard_error, 0)),
    ];
}

function summaryOf(name: string, rows: readonly HourRow[]): string {
    const worst = [...rows].sort((a, b) => Math.abs(b.percent_above ?? 0) - Math.abs(a.percent_above ?? 0))[0];
    return worst === undefined
        ? `${name}: no hours yet.`
        : `${name}, by the hour: farthest from what was expected with ${count(worst.observed)} where ${rate(worst.expected)} were to be expected.`;
}

export function Hours({ hours }: { hours: readonly HourRow[] }) {
    const names = [...new Set(hours.map(nameOf))];
    const [chosen, setChosen] = useState("");
    const name = names.includes(chosen) ? chosen : (names[0] ?? "");
    const rows = hours.filter((row) => nameOf(row) === name);
    const points = useMemo(() => pointsOf(rows), [hours, name]);
    return (
        <Card title="The hours" wide>
            {names.length === 0 ? (
                <p class="quiet">No hour is over yet.</p>
            ) : (
                <>
                    <Choice
                        name="series"
                        label="Series"
                        value={name}
                        options={names.map((each) => ({ value: each, text: each }))}
                        onValue={setChosen}
                    />
                    <Plot
                        key={name}
                        title={name}
                        summary={summaryOf(name, rows)}
                        points={points}
                        lines={lines}
                        between={{ from: 3, to: 4, fill: "--expected-fill" }}
                        height={220}
                    />
                    <Table caption={`The hours of ${name}`} rows={rows} columns={columns} keyOf={(row) => row.start} empty="None." />
                </>
            )}
        </Card>
    );
}
