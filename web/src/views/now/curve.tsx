// Attempts by the second.

import { useMemo } from "preact/hooks";
import type { Scene } from "../../api/types";
import { type Line, Plot } from "../../parts/plot";
import { Card } from "../../parts/words";
import { count, rate } from "../../text/numbers";

const lines: readonly Line[] = [
    { label: "attempts a second", colour: "--attempts" },
    { label: "of them stopped", colour: "--stopped", fill: "--stopped-fill" },
];

export function Curve({ now }: { now: Scene }) {
    const points = useMemo((): [number[], number[], number[]] => {
        const last = Math.floor(new Date(now.time).getTime() / 1000);
        return [now.attempts.map((_value, at) => last - now.attempts.length + 1 + at), now.attempts, now.stopped];
    }, [now.time]);
    const of = now.attempts.length;
    const mean = of === 0 ? 0 : now.attempts.reduce((sum, each) => sum + each, 0) / of;
    const most = Math.max(0, ...now.attempts);
    return (
        <Card title="Attempts by the second" wide>
            <Plot
                title="Attempts by the second"
                summary={`In the last ${of} seconds ${rate(mean)} a second on average, ${count(most)} at most.`}
                points={points}
                lines={lines}
            />
        </Card>
    );
}
