// By what was stopped: the kind of evidence that weighed most.

import type { Scene } from "../../api/types";
import { ShareBar } from "../../parts/marks";
import { Card } from "../../parts/words";
import { evidenceWords } from "../../text/evidence";
import { count, percent } from "../../text/numbers";

export function ByEvidence({ now }: { now: Scene }) {
    const acting = now.mode === "act";
    const kinds = Object.entries(acting ? now.stopped_by : now.would_stop_by).sort((a, b) => b[1] - a[1]);
    const all = kinds.reduce((sum, [, times]) => sum + times, 0);
    return (
        <Card
            title={acting ? "Stopped by which evidence" : "Would be stopped by which evidence"}
            aside="the heaviest piece, since the start"
        >
            {kinds.length === 0 ? (
                <p class="quiet">Nothing was stopped yet.</p>
            ) : (
                <dl class="bars">
                    {kinds.slice(0, 10).map(([kind, times]) => (
                        <div key={kind}>
                            <dt>{evidenceWords(kind)}</dt>
                            <dd class="n">
                                {count(times)} <span class="quiet">{percent(times / all)}</span>
                            </dd>
                            <dd class="bar">
                                <ShareBar share={times / all} tone="stopped" />
                            </dd>
                        </div>
                    ))}
                </dl>
            )}
        </Card>
    );
}
