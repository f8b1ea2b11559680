// A plot over time (uPlot), with a sentence that says the same for who does not see it.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { useStore } from "../state/store";
import { colours } from "../state/theme";
import { count, short } from "../text/numbers";
import { clock, inUtc } from "../text/time";

export interface Line {
    label: string;
    /** a custom property of tokens.css */
    colour: string;
    fill?: string;
    dash?: boolean;
    stepped?: boolean;
    /** where the values are few */
    dots?: boolean;
}

interface Shown {
    title: string;
    summary: string;
    /** seconds since 1970, then each line's values */
    points: uPlot.AlignedData;
    lines: readonly Line[];
    /** filled between two lines, by their place from 1 */
    between?: { from: number; to: number; fill: string };
    height?: number;
}

function token(name: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axisTimes(values: number[], step: number, utc: boolean): string[] {
    return values.map((value) => {
        const shown = clock(new Date(value * 1000), utc);
        if (step >= 86_400) return shown.date.slice(5);
        return step < 60 ? shown.time : shown.time.slice(0, 5);
    });
}

function axes(utc: boolean): uPlot.Axis[] {
    const common = {
        stroke: token("--quiet"),
        grid: { stroke: token("--grid"), width: 1 },
        ticks: { show: false },
        font: "12px system-ui, sans-serif",
    };
    return [
        { ...common, values: (_plot, values, _axis, _space, step) => axisTimes(values, step, utc), space: 70, size: 30 },
        { ...common, values: (_plot, values) => values.map((value) => short(value)), size: 52 },
    ];
}

function seriesOf(line: Line): uPlot.Series {
    return {
        label: line.label,
        stroke: token(line.colour),
        width: 1.5,
        points: { show: line.dots ?? false },
        value: (_plot: uPlot, value: number | null) => (value === null ? "–" : count(value)),
        ...(line.fill === undefined ? {} : { fill: token(line.fill) }),
        ...(line.dash ? { dash: [5, 4] } : {}),
        ...(line.stepped && uPlot.paths.stepped !== undefined ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    };
}

function options({ lines, between, height = 170 }: Shown, width: number, utc: boolean): uPlot.Options {
    return {
        width,
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false } },
        scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, 1)] } },
        axes: axes(utc),
        series: [{}, ...lines.map(seriesOf)],
        ...(between === undefined
            ? {}
            : { bands: [{ series: [between.from, between.to] as [number, number], fill: token(between.fill) }] }),
    };
}

export function Plot(shown: Shown) {
    const room = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot | null>(null);
    const painted = useStore(colours);
    const utc = useStore(inUtc);
    const form = `${painted}/${utc}/${shown.height}/${shown.lines.map((line) => line.label).join("/")}`;
    useEffect(() => {
        const place = room.current;
        if (place === null) return;
        const made = new uPlot(options(shown, place.clientWidth, utc), shown.points, place);
        plot.current = made;
        const sizes = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: shown.height ?? 170 }));
        sizes.observe(place);
        return () => {
            sizes.disconnect();
            made.destroy();
            plot.current = null;
        };
    }, [form]);
    useEffect(() => plot.current?.setData(shown.points), [shown.points]);
    return (
        <figure class="plot">
            <figcaption>
                <span class="heard">{shown.title}: </span>
                {shown.summary}
            </figcaption>
            <ul class="legend" aria-hidden="true">
                {shown.lines.map((line) => (
                    <li key={line.label}>
                        <i class={`key ${line.colour.replace("--", "")}${line.dash ? " dash" : ""}`} />
                        {line.label}
                    </li>
                ))}
            </ul>
            <div ref={room} class="canvas" aria-hidden="true" />
        </figure>
    );
}
