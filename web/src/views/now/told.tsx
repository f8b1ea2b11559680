// What the daemon tells, as it tells it.

import { told } from "../../api/live";
import type { Told } from "../../api/types";
import { Scroll } from "../../parts/scroll";
import { Card, Chip, Said, When } from "../../parts/words";
import { useStore } from "../../state/store";

const tones = { error: "bad", warning: "warn", notice: "plain", info: "plain" } as const;
/** Shown in a table of their own. */
const elsewhere = new Set(["refused", "mail_stopped"]);

function words(line: Told): string {
    return Object.entries(line.fields)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ");
}

export function ToldNow() {
    const lines = useStore(told).filter((line) => !elsewhere.has(line.thing));
    return (
        <Card title="Told" aside="since this page was opened">
            {lines.length === 0 ? (
                <p class="quiet">Nothing worth telling yet.</p>
            ) : (
                <Scroll label="What the daemon told, the latest first">
                    <ol class="told">
                        {lines.slice(0, 40).map((line, at) => (
                            <li key={`${line.time}/${lines.length - at}`}>
                                <When time={line.time} />{" "}
                                <Chip tone={tones[line.loudness] ?? "plain"}>{line.thing.replaceAll("_", " ")}</Chip>{" "}
                                <Said text={words(line)} />
                            </li>
                        ))}
                    </ol>
                </Scroll>
            )}
        </Card>
    );
}
