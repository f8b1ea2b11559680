// A treemap: each tile's area is its number of attempts, its tone the share that was stopped. The table beside it says the same.

import { useEffect, useRef, useState } from "preact/hooks";
import { clean } from "../text/clean";
import { count, percent } from "../text/numbers";
import { type Box, squarified } from "./squarify";

export interface Leaf {
    name: string;
    value: number;
    stopped: number;
}

export interface Group extends Leaf {
    leaves: readonly Leaf[];
}

/** Tones from "hardly any was stopped" to "all of it": treemap-0 to treemap-4 in parts.css. */
function tone(leaf: Leaf): number {
    const share = leaf.value === 0 ? 1 : leaf.stopped / leaf.value;
    return share >= 0.99 ? 4 : share >= 0.9 ? 3 : share >= 0.7 ? 2 : share >= 0.4 ? 1 : 0;
}

function words(leaf: Leaf): string {
    return `${clean(leaf.name)}: ${count(leaf.value)} attempts, ${percent(leaf.value === 0 ? 0 : leaf.stopped / leaf.value)} stopped`;
}

function fits(text: string, box: Box, size: number): boolean {
    return box.width > text.length * size * 0.6 + 8 && box.height > size + 8;
}

function Tile({ leaf, box, onPick }: { leaf: Leaf; box: Box; onPick: (name: string) => void }) {
    const name = clean(leaf.name);
    return (
        // biome-ignore lint/a11y/noStaticElementInteractions: the table below has the same as links
        <g class={`tile treemap-${tone(leaf)}`} onClick={() => onPick(leaf.name)}>
            <title>{words(leaf)}</title>
            <rect x={box.x} y={box.y} width={Math.max(box.width - 1, 0)} height={Math.max(box.height - 1, 0)} />
            {fits(name, box, 12) ? (
                <text x={box.x + 5} y={box.y + 16} class="mono">
                    {name}
                </text>
            ) : null}
            {fits("00,000", box, 12) && box.height > 38 ? (
                <text x={box.x + 5} y={box.y + 32}>
                    {count(leaf.value)}
                </text>
            ) : null}
        </g>
    );
}

const headHeight = 20;

function GroupTiles({ group, box, onPick }: { group: Group; box: Box; onPick: (name: string) => void }) {
    const head = box.height > 50 && box.width > 60 ? headHeight : 0;
    const inner = { x: box.x + 2, y: box.y + head, width: Math.max(box.width - 4, 0), height: Math.max(box.height - head - 2, 0) };
    const title = `${clean(group.name)} · ${count(group.value)}`;
    const room = Math.floor((box.width - 10) / 7);
    return (
        <g class="group">
            <rect class="frame" x={box.x} y={box.y} width={Math.max(box.width - 1, 0)} height={Math.max(box.height - 1, 0)} />
            {head === 0 ? null : (
                <text class="head" x={box.x + 5} y={box.y + 14}>
                    {title.length > room ? `${title.slice(0, Math.max(room - 1, 0))}…` : title}
                </text>
            )}
            {squarified(group.leaves, inner).map(({ item, box: place }) => (
                <Tile key={item.name} leaf={item} box={place} onPick={onPick} />
            ))}
        </g>
    );
}

export function Treemap({ groups, label, onPick }: { groups: readonly Group[]; label: string; onPick: (name: string) => void }) {
    const room = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    useEffect(() => {
        const place = room.current;
        if (place === null) return;
        const sizes = new ResizeObserver(() => setWidth(place.clientWidth));
        sizes.observe(place);
        return () => sizes.disconnect();
    }, []);
    const height = width < 500 ? 320 : 420;
    return (
        <div ref={room} class="treemap">
            {width === 0 ? null : (
                <svg width={width} height={height} role="img" aria-label={label}>
                    {squarified(groups, { x: 0, y: 0, width, height }).map(({ item, box }) => (
                        <GroupTiles key={item.name} group={item} box={box} onPick={onPick} />
                    ))}
                </svg>
            )}
        </div>
    );
}
