// The record of one incident.

import { useState } from "preact/hooks";
import type { Incident } from "../../api/incident";
import { Tick } from "../../parts/forms";
import { Card, Chip, Complaint, Said, Waiting, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { useCase } from "../../state/case";
import { may } from "../../state/session";
import { secondsBetween, span } from "../../text/time";
import { CaseNotes } from "../case/notes";
import { PostMortemCard } from "../case/post_mortem";
import { Promises } from "../case/promises";
import { Support } from "../case/support";
import { Actions } from "./actions";
import { CauseCard } from "./cause";
import { Campaigns, Counts } from "./counts";
import { Close, Export, Say } from "./deeds";
import { Hours } from "./hours";
import { Targets } from "./targets";
import { Timeline } from "./timeline";
import { Told } from "./told";
import { causeInALine, incidentTone } from "./words";

function Head({ incident }: { incident: Incident }) {
    return (
        <section class={`incident-now ${incident.state}`} aria-label="In short">
            <div>
                <h2>
                    <Chip tone={incidentTone(incident.state)}>{incident.state}</Chip> <Said text={incident.title} />
                </h2>
                <p>
                    Began <When time={incident.began} date="always" />, noticed <When time={incident.opened} />
                    {incident.closed === null ? (
                        `, goes on for ${span(secondsBetween(incident.began, new Date()))}`
                    ) : (
                        <>
                            , over <When time={incident.closed} date="always" />
                        </>
                    )}
                    .
                </p>
                <p>
                    <strong>{causeInALine(incident.cause)}</strong>
                </p>
            </div>
        </section>
    );
}

function Notes({ incident }: { incident: Incident }) {
    if (incident.notes.length === 0 && incident.restarts.length === 0) return null;
    return (
        <Card title="Notes and restarts">
            <ul>
                {incident.restarts.map((restart) => (
                    <li key={restart.down}>
                        <Said text={restart.node} mono /> was away from <When time={restart.down} /> to <When time={restart.up} />:{" "}
                        {restart.faults} faults, {Math.round(restart.customers)} customers.
                    </li>
                ))}
                {incident.notes.map((note) => (
                    <li key={note}>
                        <Said text={note} />
                    </li>
                ))}
            </ul>
        </Card>
    );
}

function Whole({ incident, names, onDone }: { incident: Incident; names: boolean; onDone: () => void }) {
    const asked = useCase(incident.id);
    const of = asked.answer;
    return (
        <>
            <Head incident={incident} />
            <div class="grid">
                <CauseCard cause={incident.cause} />
                <Targets targets={incident.targets} />
                <Counts counts={incident.counts} />
                <Told asked={asked} />
                {of === null ? null : <Promises of={of} again={asked.again} />}
                {of === null ? null : <Support of={of} again={asked.again} />}
                <Timeline entries={incident.timeline} aside={<Say id={incident.id} onDone={onDone} />} />
                <Hours hours={incident.hours} />
                <Actions actions={incident.actions} />
                <Campaigns campaigns={incident.campaigns} />
                <Notes incident={incident} />
                {of === null ? null : <CaseNotes of={of} again={asked.again} />}
                {of === null ? null : <PostMortemCard of={of} again={asked.again} />}
                <Export id={incident.id} names={names} />
                {incident.state === "closed" ? null : <Close id={incident.id} onDone={onDone} />}
            </div>
        </>
    );
}

export function IncidentRecord({ id }: { id: string }) {
    const [names, setNames] = useState(false);
    const { answer, refused, again } = useAsked<Incident>(`incidents/${encodeURIComponent(id)}`, names ? { names } : {}, 15_000);
    return (
        <>
            <div class="head">
                <p>
                    <a href="#/incidents">All incidents</a> · record <span class="mono">{id}</span>
                </p>
                {may("support") ? <Tick name="names" label="With the names of accounts" value={names} onValue={setNames} /> : null}
            </div>
            <Complaint refused={refused} again={again} />
            {answer === null ? (
                refused === null ? (
                    <Waiting what="Reading the record" />
                ) : null
            ) : (
                <Whole incident={answer} names={names} onDone={again} />
            )}
        </>
    );
}
