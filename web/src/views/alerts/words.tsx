// An alert in words.

import type { Alert } from "../../api/told";
import { Said, When } from "../../parts/words";

export const severityTone = { critical: "bad", warning: "warn", notice: "plain" } as const;

export function takenBy({ state, acknowledged, over }: Alert) {
    if (state === "over")
        return (
            <>
                over <When time={over} />
            </>
        );
    if (acknowledged === null) return <strong>nobody has taken it</strong>;
    return (
        <>
            taken by <Said text={acknowledged.who} />
            {acknowledged.until === null ? null : (
                <>
                    , until <When time={acknowledged.until} />
                </>
            )}
        </>
    );
}

/** Its subject, and each thing where it has several. */
export function Things({ alert }: { alert: Alert }) {
    if (alert.count <= 1) return <Said text={alert.subject} />;
    return (
        <details>
            <summary>
                <Said text={alert.subject} /> and {alert.count - 1} more
            </summary>
            <ul>
                {alert.things.map((thing, at) => (
                    <li key={`${thing.about}/${at}`}>
                        <Said text={thing.subject ?? thing.about ?? ""} /> {thing.over ? <span class="quiet">(over)</span> : null}
                    </li>
                ))}
            </ul>
        </details>
    );
}
