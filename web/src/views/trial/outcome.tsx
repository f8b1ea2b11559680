// What came out of a trial: as it was, and as it would have been.

import type { Consequences, TrialResult } from "../../api/types";
import { type Column, Table } from "../../parts/table";
import { When } from "../../parts/words";
import { count, many } from "../../text/numbers";

interface Line {
    what: string;
    was: number;
    would: number;
    /** whether more of it is better */
    moreIsBetter: boolean;
}

const rows: readonly [keyof Consequences, string, boolean][] = [
    ["guesses_stopped", "guesses stopped", true],
    ["customers_refused", "customers refused", false],
    ["takeovers", "suspected takeovers", true],
];

function difference(line: Line): string {
    if (line.was === line.would) return "the same";
    return `${line.would > line.was ? "+" : "−"}${count(Math.abs(line.would - line.was))}`;
}

function tone(line: Line): string {
    if (line.was === line.would) return "";
    return line.would > line.was === line.moreIsBetter ? "good" : "bad";
}

const columns: readonly Column<Line>[] = [
    { name: "What", cell: (line) => line.what },
    { name: "As it was", cell: (line) => count(line.was), number: true },
    { name: "Would be", cell: (line) => count(line.would), number: true },
    { name: "Difference", cell: (line) => <span class={tone(line)}>{difference(line)}</span>, number: true },
];

export function Outcome({ result }: { result: TrialResult }) {
    const lines = rows.map(([name, what, moreIsBetter]) => ({ what, was: result.was[name], would: result.would[name], moreIsBetter }));
    return (
        <>
            <p>
                {count(result.attempts)} attempts, {count(result.guesses)} of them guesses, from <When time={result.first} date="always" />{" "}
                to <When time={result.last} date="always" />.
            </p>
            <Table caption="As it was, and as it would be" rows={lines} columns={columns} keyOf={(line) => line.what} empty="" />
            {result.unknown > 0 ? (
                <p class="warn">
                    {many(result.unknown, "attempt")} that were stopped then would not be: nobody knows what their passwords were.
                </p>
            ) : null}
            {result.missing > 0 ? <p class="warn">{many(result.missing, "entry", "entries")} of that time are missing.</p> : null}
        </>
    );
}
