// The incident that goes on: its cause and its targets, each in a line.

import type { Incident } from "../../api/incident";
import type { Scene } from "../../api/types";
import { Chip, Said, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { to } from "../../state/route";
import { percent } from "../../text/numbers";
import { causeInALine, targetKind, targetName } from "../incident/words";

function Details({ id }: { id: string }) {
    const { answer } = useAsked<Incident>(`incidents/${encodeURIComponent(id)}`, {}, 15_000);
    if (answer === null) return null;
    return (
        <>
            <p>
                <strong>{causeInALine(answer.cause)}</strong>
            </p>
            {answer.targets.length === 0 ? (
                <p>No target stands out.</p>
            ) : (
                <ul class="targets" aria-label="Targets">
                    {answer.targets.slice(0, 4).map((target) => (
                        <li key={`${target.kind}/${targetName(target)}`}>
                            {targetKind(target)} <Said text={targetName(target)} mono />: {percent(target.share)} of it
                        </li>
                    ))}
                </ul>
            )}
        </>
    );
}

export function OpenIncident({ heads }: { heads: Scene["incidents"] }) {
    const now = heads[0];
    if (now === undefined) return null;
    return (
        <section class={`incident-now ${now.state}`} aria-label="Open incident">
            <div>
                <h2>
                    <Chip tone={now.state === "open" ? "bad" : "warn"}>{now.state}</Chip> <Said text={now.title} />
                </h2>
                <p class="quiet">
                    Since <When time={now.since} />, record {now.id}
                </p>
                <Details id={now.id} />
            </div>
            <a class="button" href={to("incidents", now.id)}>
                Open the record
            </a>
        </section>
    );
}
