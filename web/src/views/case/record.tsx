// A case that somebody opened by hand: no record of detection is behind it.

import type { Case } from "../../api/told";
import { Card, Chip, Complaint, Said, Waiting, When } from "../../parts/words";
import { useCase } from "../../state/case";
import { stateTone, stateWords, worstWords } from "../../text/public";
import { secondsBetween, span } from "../../text/time";
import { Told } from "../incident/told";
import { causeNames } from "../incident/words";
import { NoteForm, NoteLines } from "./notes";
import { PostMortemCard } from "./post_mortem";
import { Promises } from "./promises";
import { Support } from "./support";

function Head({ of }: { of: Case }) {
    const end = of.over ?? of.ended;
    return (
        <section class={`incident-now ${of.over === null ? "open" : "closed"}`} aria-label="In short">
            <div>
                <h2>
                    <Chip tone={stateTone(of.state)}>{of.state}</Chip> <Said text={of.title} />
                </h2>
                <p>
                    Opened by <Said text={of.opened_by} />, began <When time={of.began} date="always" />
                    {end === null ? (
                        `, goes on for ${span(secondsBetween(of.began, new Date()))}`
                    ) : (
                        <>
                            , over <When time={end} date="always" />
                        </>
                    )}
                    .
                </p>
                <p>
                    <strong>{of.cause === null ? "The cause is not known." : `${causeNames[of.cause]}.`}</strong> {stateWords[of.state]};{" "}
                    {worstWords(of.worst)}
                    {of.services.length === 0 ? "" : `, ${of.services.join(", ")}`}.
                </p>
            </div>
        </section>
    );
}

export function CaseRecord({ id }: { id: string }) {
    const asked = useCase(id);
    const { answer, refused, again } = asked;
    return (
        <>
            <p>
                <a href="#/incidents">All incidents and cases</a> · <span class="mono">{id}</span>
            </p>
            {answer === null ? (
                refused === null ? (
                    <Waiting what="Reading the case" />
                ) : (
                    <Complaint refused={refused} again={again} />
                )
            ) : (
                <>
                    <Head of={answer} />
                    <div class="grid">
                        <Told asked={asked} />
                        <Promises of={answer} again={again} />
                        <Support of={answer} again={again} />
                        <Card title="Timeline" wide>
                            <NoteLines notes={answer.timeline} empty="Nothing yet." />
                            <NoteForm of={answer} again={again} />
                        </Card>
                        <PostMortemCard of={answer} again={again} />
                    </div>
                </>
            )}
        </>
    );
}
