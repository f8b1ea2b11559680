// One piece of announced work, and what can be done about it.

import type { Work } from "../../api/told";
import { useClock } from "../../frame/strip";
import { Needs } from "../../parts/forms";
import { Card, Said, When } from "../../parts/words";
import { secondsBetween, span } from "../../text/time";
import { standingOf } from "../../text/work";
import { WorkChip } from "../work";
import { WorkActs } from "./acts";

function Facts({ work }: { work: Work }) {
    const { plan } = work;
    return (
        <dl class="facts">
            <dt>From</dt>
            <dd>
                <When time={plan.from} date="always" />
            </dd>
            <dt>Until</dt>
            <dd>
                <When time={plan.until} date="always" />, {span(secondsBetween(plan.from, plan.until))}
            </dd>
            <dt>Services</dt>
            <dd>{plan.services.length === 0 ? "none named" : plan.services.join(", ")}</dd>
            <dt>Announced</dt>
            <dd>
                <When time={work.announced} date="always" /> by <Said text={work.author} />
            </dd>
        </dl>
    );
}

function Notes({ work }: { work: Work }) {
    if (work.notes.length === 0) return null;
    return (
        <>
            <h3>What became of it</h3>
            <ol class="timeline">
                {work.notes.map((note, at) => (
                    <li key={`${note.time}/${at}`}>
                        <When time={note.time} date="always" />
                        <strong>
                            <Said text={note.who} />
                        </strong>
                        <Said text={note.text} />
                    </li>
                ))}
            </ol>
        </>
    );
}

export function OneWork({ id, work, again }: { id: string; work: Work | null; again: () => void }) {
    const now = useClock(5_000);
    const standing = work === null ? null : standingOf(work.plan, now);
    return (
        <>
            <p>
                <a href="#/work">All announced work</a> · <span class="mono">{id}</span>
            </p>
            {work === null || standing === null ? (
                <p class="quiet">Nothing of that name is announced. It may be long past.</p>
            ) : (
                <div class="grid">
                    <Card title="What customers read" aside={<WorkChip standing={standing} />}>
                        <h3>
                            <Said text={work.plan.title} />
                        </h3>
                        {work.plan.text === "" ? (
                            <p class="quiet">No more than its title.</p>
                        ) : (
                            <blockquote>
                                <Said text={work.plan.text} lines />
                            </blockquote>
                        )}
                        <Facts work={work} />
                        <Notes work={work} />
                    </Card>
                    {standing.group === "past" ? null : (
                        <Card title="Begin, extend, end">
                            <Needs least="act" what="Changing announced work">
                                <WorkActs plan={work.plan} again={again} />
                            </Needs>
                        </Card>
                    )}
                </div>
            )}
        </>
    );
}
