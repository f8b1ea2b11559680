// What was seen, done and said, in order.

import type { ComponentChildren } from "preact";
import type { TimelineEntry } from "../../api/incident";
import { Card, Chip, Said, When } from "../../parts/words";
import { rate } from "../../text/numbers";

const tones = { seen: "warn", done: "good", said: "plain", changed: "plain" } as const;

function Figures({ entry }: { entry: TimelineEntry }) {
    if (entry.figures === undefined || entry.figures.length === 0) return null;
    return (
        <span class="quiet">
            {" "}
            ({entry.figures.map((figure) => `${figure.name.replaceAll("_", " ")} ${rate(figure.value)} ${figure.unit}`.trim()).join(", ")})
        </span>
    );
}

function Entry({ entry }: { entry: TimelineEntry }) {
    const account = entry.account?.name ?? entry.account?.pseudonym;
    return (
        <li>
            <When time={entry.time} date="always" />
            <span>
                <Chip tone={tones[entry.kind] ?? "plain"}>{entry.kind}</Chip>
            </span>
            <span class={entry.kind === "said" ? "said-by" : ""}>
                {entry.who === "" ? null : (
                    <strong>
                        <Said text={entry.who} />:{" "}
                    </strong>
                )}
                <Said text={entry.text} lines={entry.kind === "said"} />
                {account === undefined || account === "" ? null : (
                    <>
                        {" "}
                        <Said text={account} mono />
                    </>
                )}
                <Figures entry={entry} />
            </span>
        </li>
    );
}

export function Timeline({ entries, aside }: { entries: readonly TimelineEntry[]; aside: ComponentChildren }) {
    return (
        <Card title="Timeline" wide>
            {entries.length === 0 ? <p class="quiet">Nothing yet.</p> : null}
            <ol class="timeline">
                {entries.map((entry, at) => (
                    <Entry key={`${entry.time}/${at}`} entry={entry} />
                ))}
            </ol>
            {aside}
        </Card>
    );
}
