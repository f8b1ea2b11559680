// What was done, and what it changed: before, in the five minutes after, and from the tenth to the fifteenth.

import type { Action, EffectWindow } from "../../api/incident";
import { type Column, Table } from "../../parts/table";
import { Card, Said, When } from "../../parts/words";
import { clean } from "../../text/clean";
import { milliseconds, percent, rate } from "../../text/numbers";

type Measured = (window: EffectWindow) => string;

const measured: readonly [string, Measured][] = [
    ["hostile a minute", (window) => rate(window.hostile_a_minute)],
    ["stopped", (window) => percent(window.stopped_share)],
    ["reach the database a minute", (window) => rate(window.reached_database_a_minute)],
    ["customers served", (window) => percent(window.served_share)],
    ["faults a minute", (window) => rate(window.faults_a_minute)],
    ["servers take", (window) => milliseconds(window.latency_ms["auth"] ?? 0)],
];

function Effect({ action }: { action: Action }) {
    const of = (window: EffectWindow | null, what: Measured) => (window === null ? "–" : what(window));
    return (
        <table class="effect">
            <caption class="heard">Before and after: {clean(action.text)}</caption>
            <thead>
                <tr>
                    <th scope="col">
                        <span class="heard">Figure</span>
                    </th>
                    <th scope="col" class="n">
                        before
                    </th>
                    <th scope="col" class="n">
                        after 5 min
                    </th>
                    <th scope="col" class="n">
                        after 15 min
                    </th>
                </tr>
            </thead>
            <tbody>
                {measured.map(([name, what]) => (
                    <tr key={name}>
                        <th scope="row">{name}</th>
                        <td class="n">{of(action.before, what)}</td>
                        <td class="n">{of(action.after_5, what)}</td>
                        <td class="n">{of(action.after_15, what)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

const columns: readonly Column<Action>[] = [
    { name: "Time", cell: (one) => <When time={one.time} date="always" />, by: (one) => one.time },
    {
        name: "What was done",
        cell: (one) => (
            <>
                {one.who === "" ? null : (
                    <strong>
                        <Said text={one.who} />:{" "}
                    </strong>
                )}
                <Said text={one.text} />
                {one.times > 1 ? <span class="quiet"> ({one.times} times)</span> : null}
                {one.others > 0 ? (
                    <p class="hint">{one.others} other actions lie so near that nobody can say which of them did it.</p>
                ) : null}
            </>
        ),
    },
    { name: "Effect", cell: (one) => <Effect action={one} /> },
];

export function Actions({ actions }: { actions: readonly Action[] }) {
    return (
        <Card title="Actions and their effect" aside="a comparison, not an experiment" wide>
            <Table
                caption="Actions and their effect"
                rows={actions}
                columns={columns}
                keyOf={(one) => `${one.time}/${one.text}`}
                empty="Nothing was done yet."
                stacked
            />
        </Card>
    );
}
