// A table that can be sorted by its heads. On narrow screens it scrolls by itself, and can be reached by keyboard for that.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Scroll } from "./scroll";

export interface Column<Row> {
    name: string;
    cell: (row: Row) => ComponentChildren;
    /** what it is sorted by; without: it can't be */
    by?: (row: Row) => number | string;
    number?: boolean;
    /** left out on narrow screens */
    lesser?: boolean;
}

interface Order {
    column: number;
    down: boolean;
}

function compare(a: number | string, b: number | string): number {
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): readonly Row[] {
    const by = order === null ? undefined : columns[order.column]?.by;
    if (order === null || by === undefined) return rows;
    const sign = order.down ? -1 : 1;
    return [...rows].sort((a, b) => sign * compare(by(a), by(b)));
}

function Head<Row>({
    column,
    index,
    order,
    onOrder,
}: {
    column: Column<Row>;
    index: number;
    order: Order | null;
    onOrder: (order: Order) => void;
}) {
    const mine = order?.column === index;
    const kind = `${column.number ? "n" : ""}${column.lesser ? " lesser" : ""}`;
    if (column.by === undefined)
        return (
            <th scope="col" class={kind}>
                {column.name}
            </th>
        );
    return (
        <th scope="col" class={kind} aria-sort={mine ? (order.down ? "descending" : "ascending") : "none"}>
            <button
                type="button"
                class="sort"
                onClick={() => onOrder({ column: index, down: mine ? !order.down : (column.number ?? false) })}
            >
                {column.name}
                <span aria-hidden="true">{mine ? (order.down ? " ↓" : " ↑") : ""}</span>
            </button>
        </th>
    );
}

interface Shown<Row> {
    caption: string;
    rows: readonly Row[];
    columns: readonly Column<Row>[];
    keyOf: (row: Row) => string | number;
    empty: string;
    /** marks a row */
    tone?: (row: Row) => string;
    /** at first; the rest on demand */
    first?: number;
    /** on narrow screens a row's cells stand below each other */
    stacked?: boolean;
}

/** More rows than these are no reading matter. */
const mostRows = 500;

function More({ rows, shown, onMore }: { rows: number; shown: number; onMore: () => void }) {
    if (rows <= shown) return null;
    if (shown >= mostRows) return <p class="quiet">{rows - shown} more are not shown: look for one.</p>;
    return (
        <button type="button" class="plain" onClick={onMore}>
            Show all {rows}
        </button>
    );
}

export function Table<Row>({ caption, rows, columns, keyOf, empty, tone, first = mostRows, stacked = false }: Shown<Row>) {
    const [order, setOrder] = useState<Order | null>(null);
    const [all, setAll] = useState(false);
    if (rows.length === 0) return <p class="quiet">{empty}</p>;
    const shown = sorted(rows, columns, order).slice(0, all ? mostRows : first);
    return (
        <Scroll label={caption} stacked={stacked}>
            <table>
                <caption class="heard">{caption}</caption>
                <thead>
                    <tr>
                        {columns.map((column, index) => (
                            <Head key={column.name} column={column} index={index} order={order} onOrder={setOrder} />
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {shown.map((row) => (
                        <tr key={keyOf(row)} class={tone?.(row) ?? ""}>
                            {columns.map((column) => (
                                <td key={column.name} class={`${column.number ? "n" : ""}${column.lesser ? " lesser" : ""}`}>
                                    {column.cell(row)}
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
            <More rows={rows.length} shown={shown.length} onMore={() => setAll(true)} />
        </Scroll>
    );
}
